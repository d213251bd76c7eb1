package dev.lanewise.benchmarks.peers;

import java.util.List;
import java.util.SplittableRandom;

/** One row of a comparison: what is computed, at which size. */
sealed interface Task permits Shape, LayerTask {
    /** Of an operand: an array of a gigabyte. */
    long MOST_ELEMENTS = 1 << 28;

    /** As it was written on the command line. */
    String text();

    /** Operands with fixed seeds, and room for the result. */
    Workload workload();

    /** The same at sizes that take microseconds, to have code compiled before its first long call. */
    List<Workload> small();

    /** Whether the work is floating-point operations, of which the machine has a peak, rather than elements. */
    boolean countsOperations();

    /** Reads a task; throws IllegalArgumentException with one line that says what is wrong. */
    static Task parse(String text) {
        return LayerTask.isOne(text) ? LayerTask.parse(text) : Shape.parse(text);
    }

    /** {@code n} values, uniform in -1..1. */
    static float[] uniform(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = 2f * (float) random.nextDouble() - 1f;
        }
        return values;
    }
}
