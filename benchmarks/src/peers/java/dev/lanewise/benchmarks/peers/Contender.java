package dev.lanewise.benchmarks.peers;

import java.util.Arrays;

/** One library in a comparison, loaded. */
record Contender(Peer peer, String version, int threads) {
    /** Of the largest value: two orders of summation of thousands of products differ by less. */
    private static final double TOLERANCE = 2e-5;

    private static final long SHORT_NANOS = 100_000_000;

    /** Long enough for what a product calls rarely, such as its edges, to be compiled, too. */
    private static final long WARM_NANOS = 1_000_000_000;

    /**
     * Gets ready for a task, and has compiled code and sleeping threads ready too. A kernel in Java whose first call is
     * long would be compiled in the middle of its loop, and such code is slow for as long as it runs: short calls first.
     */
    Call warmed(Task task, Workload workload) throws PeerException {
        for (Workload small : task.small()) {
            try (Call call = peer.prepare(small, threads)) {
                warm(call, SHORT_NANOS);
            }
        }
        Call call = peer.prepare(workload, threads);
        warm(call, WARM_NANOS);
        return call;
    }

    private static void warm(Call call, long nanos) {
        long end = System.nanoTime() + nanos;
        do {
            call.run();
        } while (System.nanoTime() - end < 0);
    }

    /** What this library computes, in a new array. */
    static float[] result(Call call, Workload workload) {
        Arrays.fill(workload.output(), Float.NaN);
        call.run();
        call.fetch();
        return workload.output().clone();
    }

    /** Throws unless the values are those expected, but for rounding. */
    static void agree(String name, float[] expected, float[] actual) throws PeerException {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            double d = Math.abs((double) expected[i] - actual[i]);
            difference = Math.max(difference, d);
        }
        if (!(difference <= TOLERANCE * largest)) {
            throw new PeerException(
                    name, "its result differs from what is right by " + difference + ", where the largest value is "
                            + largest);
        }
    }
}
