package dev.lanewise.benchmarks.peers;

/** One computation by one library, ready to be run many times. */
public interface Call extends AutoCloseable {
    /** Computes once. This is what is timed. */
    void run();

    /** Has the next run compute what the first did, where runs change what they start from, as training does. */
    default void restart() {}

    /** Copies the result to the array of the workload, where the library wrote it elsewhere. Not timed. */
    default void fetch() {}

    /** Frees what the library holds for this computation. */
    @Override
    default void close() {}
}
