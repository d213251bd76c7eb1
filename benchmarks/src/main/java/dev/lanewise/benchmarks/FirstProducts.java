package dev.lanewise.benchmarks;

import dev.lanewise.Engine;
import dev.lanewise.Matrix;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What {@link ColdStart} runs in each fresh JVM: makes an engine, warms it or not, multiplies for two seconds and prints
 * times. Arguments: the way of warming, the size, the threads, and when the process was started, in milliseconds of the
 * clock.
 */
public final class FirstProducts {
    private static final double MILLI = 1e-6;
    private static final double FAST = 0.9;
    private static final long NANOS = 2_000_000_000L;

    /** More calls than two seconds can hold but for tiny matrices. */
    private static final int MOST_CALLS = 100_000;

    private FirstProducts() {}

    /** How kernels are warmed before the first call. */
    enum WarmUp {
        /** The first call is the first of all. */
        NONE("none"),
        /** {@link Engine#warmUpMatMul()}. */
        MATMUL("`warmUpMatMul()`"),
        /** {@link Engine#warmUp()}. */
        ALL("`warmUp()`");

        private final String words;

        WarmUp(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /**
     * What one JVM measured, in milliseconds.
     *
     * @param engine making the engine
     * @param warmUp warming it
     * @param firstCall the first product
     * @param firstDone from the start of the process to the end of the first product
     * @param fast from the start of the process to the end of the first product at 90 % of the final speed
     * @param callsUntilFast its number, from 1
     * @param gflops the final speed: the median of the second half of all products
     */
    record Times(
            double engine, double warmUp, double firstCall, double firstDone, double fast, double callsUntilFast,
            double gflops) {
        private static final List<String> NAMES = Stream.of(Times.class.getRecordComponents())
                .map(RecordComponent::getName).toList();

        /**
         * Reads what {@link #print} wrote; a warning of the JVM among it is a property that nobody asks for. Empty if
         * something is missing.
         */
        static Optional<Times> read(Properties printed) {
            if (!printed.stringPropertyNames().containsAll(NAMES)) {
                return Optional.empty();
            }
            double[] values = NAMES.stream().mapToDouble(name -> Double.parseDouble(printed.getProperty(name)))
                    .toArray();
            return Optional.of(
                    new Times(values[0], values[1], values[2], values[3], values[4], values[5], values[6]));
        }

        void print() {
            double[] values = {engine, warmUp, firstCall, firstDone, fast, callsUntilFast, gflops};
            for (int i = 0; i < values.length; i++) {
                System.out.println(NAMES.get(i) + "=" + values[i]);
            }
        }
    }

    /**
     * The program.
     *
     * @param args see the class
     */
    public static void main(String[] args) {
        int size = Integer.parseInt(args[1]);
        Optional<String> refusal = HeapCheck.refusal("--size " + size, 3.0 * Float.BYTES * size * size);
        if (refusal.isPresent()) {
            System.err.println(refusal.get());
            System.exit(HeapCheck.TOO_SMALL);
        }
        measure(WarmUp.valueOf(args[0]), size, Integer.parseInt(args[2]), Long.parseLong(args[3])).print();
    }

    /** Measures in this JVM. */
    static Times measure(WarmUp warmUp, int size, int threads, long startMillis) {
        long[] ends = new long[MOST_CALLS];
        long before = System.nanoTime();
        try (Engine engine = Engine.builder().threads(threads).build()) {
            long made = System.nanoTime();
            switch (warmUp) {
                case NONE -> {}
                case MATMUL -> engine.warmUpMatMul();
                case ALL -> engine.warmUp();
            }
            long warm = System.nanoTime();
            Matrix a = filled(size);
            Matrix b = filled(size);
            Matrix c = Matrix.zeros(size, size);
            long first = System.nanoTime();
            long now = first;
            double sinceStart = System.currentTimeMillis() - startMillis;
            int calls = 0;
            while (calls < MOST_CALLS && (now - first < NANOS || calls < 2)) {
                engine.matMul(a, b, c);
                now = System.nanoTime();
                ends[calls++] = now - first;
            }
            long[] took = new long[calls];
            for (int i = 0; i < calls; i++) {
                took[i] = ends[i] - (i == 0 ? 0 : ends[i - 1]);
            }
            long[] last = Arrays.copyOfRange(took, calls / 2, calls);
            Arrays.sort(last);
            long steady = last[last.length / 2];
            int fast = 0;
            while (took[fast] * FAST > steady) {
                fast++;
            }
            return new Times(
                    (made - before) * MILLI, (warm - made) * MILLI, took[0] * MILLI, sinceStart + ends[0] * MILLI,
                    sinceStart + ends[fast] * MILLI, fast + 1, 2.0 * size * size * size / steady);
        }
    }

    private static Matrix filled(int size) {
        Matrix matrix = Matrix.zeros(size, size);
        Arrays.fill(matrix.data(), 0.5f);
        return matrix;
    }
}
