package dev.lanewise.benchmarks.peers;

/** A peer can't take part; the message is one line that says which and why. It carries no stack trace. */
public final class PeerException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Says why a peer is left out.
     *
     * @param peer its name
     * @param reason why, in one line
     */
    public PeerException(String peer, String reason) {
        super(peer + " is skipped: " + reason.lines().findFirst().orElse("no reason given"), null, false, false);
    }

    /**
     * Says that a peer has no part in a benchmark.
     *
     * @param peer its name
     * @param workload what it was asked for
     * @return the exception, to be thrown
     */
    public static PeerException unsupported(String peer, Workload workload) {
        return new PeerException(peer, "it has no " + workload.getClass().getSimpleName());
    }

    PeerException(String message) {
        super(message, null, false, false);
    }
}
