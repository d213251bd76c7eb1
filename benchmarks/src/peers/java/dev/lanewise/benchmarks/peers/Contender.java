package dev.lanewise.benchmarks.peers;

import java.util.Arrays;
import java.util.List;

/** One library in a comparison, loaded. */
record Contender(Peer peer, String version, int threads) {
    /** Of the largest value: two orders of summation of thousands of products differ by less. */
    private static final double TOLERANCE = 2e-5;

    private static final long BATCH_NANOS = 200_000_000;

    /** Batches without a gain after which small workloads are taken for compiled, and the most there are. */
    private static final int STEADY_BATCHES = 3;

    private static final int MOST_BATCHES = 25;

    /** Long enough for what a product calls rarely, such as its edges, to be compiled, too. */
    private static final long WARM_NANOS = 1_000_000_000;

    /**
     * Gets ready for a task, and has compiled code and sleeping threads ready too. A kernel in Java whose first call is
     * long would be compiled in the middle of its loop, and such code is slow for as long as it runs: short calls first.
     */
    Call warmed(Task task, Workload workload) throws PeerException {
        for (Workload small : task.small()) {
            try (Call call = peer.prepare(small, threads)) {
                steady(call);
            }
        }
        Call call = peer.prepare(workload, threads);
        warm(call, WARM_NANOS);
        return call;
    }

    private static void steady(Call call) {
        long best = 0;
        int steady = 0;
        for (int batch = 0; batch < MOST_BATCHES && steady < STEADY_BATCHES; batch++) {
            long calls = warm(call, BATCH_NANOS);
            steady = calls > best + best / 10 ? 0 : steady + 1;
            best = Math.max(best, calls);
        }
    }

    /** Returns how many calls there were. */
    private static long warm(Call call, long nanos) {
        long calls = 0;
        long end = System.nanoTime() + nanos;
        do {
            call.run();
            calls++;
        } while (System.nanoTime() - end < 0);
        return calls;
    }

    /** What this library computes, in new arrays. */
    static List<float[]> result(Call call, Workload workload) {
        workload.outputs().forEach(output -> Arrays.fill(output, Float.NaN));
        call.restart();
        call.run();
        call.fetch();
        return workload.outputs().stream().map(float[]::clone).toList();
    }

    /** Throws unless the values of each output are those expected, but for rounding. */
    static void agree(String name, List<float[]> expected, List<float[]> actual) throws PeerException {
        for (int i = 0; i < expected.size(); i++) {
            agree(name, expected.get(i), actual.get(i));
        }
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
