package dev.lanewise.benchmarks.peers;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The peers of this build, by name. A name with {@code _PARALLEL} is the same peer on all processors. */
public final class Peers {
    private static final String PARALLEL = "_PARALLEL";

    private Peers() {}

    /**
     * Lists the peers of this build, whether they can be loaded or not.
     *
     * @return none in the default build
     */
    public static List<Peer> all() {
        return ServiceLoader.load(Peer.class).stream().map(ServiceLoader.Provider::get).toList();
    }

    /**
     * Finds a peer.
     *
     * @param implementation value of the parameter, with or without {@code _PARALLEL}
     * @return the peer, not loaded
     * @throws PeerException if this build has none of that name
     */
    public static Peer find(String implementation) throws PeerException {
        String name = implementation.endsWith(PARALLEL)
                ? implementation.substring(0, implementation.length() - PARALLEL.length())
                : implementation;
        List<Peer> all = all();
        for (Peer peer : all) {
            if (peer.name().equals(name)) {
                return peer;
            }
        }
        throw new PeerException(
                "implementation " + implementation + " is not in this jar: " + (all.isEmpty()
                        ? "it has NAIVE, VECTOR and VECTOR_PARALLEL; mvn package -Ppeers makes one with other libraries"
                        : "its peers are " + all.stream().map(Peer::name).collect(Collectors.joining(", "))
                                + ", each also with _PARALLEL"));
    }

    /**
     * How many threads a value of the parameter asks for.
     *
     * @param implementation name of a peer
     * @return 1, or the number of processors for a name with {@code _PARALLEL}
     */
    public static int threads(String implementation) {
        return implementation.endsWith(PARALLEL) ? Runtime.getRuntime().availableProcessors() : 1;
    }
}
