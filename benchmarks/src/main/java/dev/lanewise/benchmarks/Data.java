package dev.lanewise.benchmarks;

import java.util.SplittableRandom;

/** Operands with fixed seeds: every run, fork and implementation sees the same numbers. */
final class Data {
    private Data() {}

    /** {@code n} values, uniform in -1..1. */
    static float[] uniform(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = 2f * (float) random.nextDouble() - 1f;
        }
        return values;
    }

    /** {@code n} whole numbers, uniform in 0..bound-1. */
    static int[] indices(long seed, int n, int bound) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextInt(bound);
        }
        return values;
    }
}
