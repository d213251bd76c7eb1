package dev.lanewise.benchmarks.peers;

/**
 * Another library that computes what the engine computes. Found by {@link java.util.ServiceLoader}; creating one loads
 * nothing, so that listing peers is cheap and never fails.
 */
public interface Peer {
    /**
     * The value of the benchmark parameter {@code implementation}.
     *
     * @return upper-case letters and digits, such as {@code OPENBLAS}
     */
    String name();

    /**
     * Loads the library, if it isn't loaded, and gets ready to compute one workload. Everything that a program would do
     * once is done here: operands are laid out as the library wants them, nothing is computed.
     *
     * @param workload what to compute; its operands are read now or in each call
     * @param threads how many threads the library may use
     * @return the computation, to be run from this thread and closed
     * @throws PeerException if the library can't be loaded here, or doesn't compute this workload; there is no fallback
     */
    Call prepare(Workload workload, int threads) throws PeerException;

    /**
     * Loads the library, if it isn't loaded.
     *
     * @param threads how many threads the library may use
     * @return name and version, as the library reports them
     * @throws PeerException if the library can't be loaded here
     */
    String load(int threads) throws PeerException;
}
