package dev.lanewise.benchmarks.peers;

/** Something that is timed in blocks of many runs. */
interface Block {
    /** Runs {@code times} times. */
    void run(long times);

    /** Runs a call. */
    static Block of(Call call) {
        return times -> {
            for (long i = 0; i < times; i++) {
                call.run();
            }
        };
    }
}
