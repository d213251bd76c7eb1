package dev.lanewise.benchmarks;

import dev.lanewise.Engine;
import dev.lanewise.Matrix;
import java.util.Arrays;
import java.util.Properties;

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
        /** Reads what {@link #print} wrote; a warning of the JVM among it is a property that nobody asks for. */
        static Times read(Properties printed) {
            return new Times(
                    number(printed, "engine"), number(printed, "warmUp"), number(printed, "firstCall"),
                    number(printed, "firstDone"), number(printed, "fast"), number(printed, "callsUntilFast"),
                    number(printed, "gflops"));
        }

        private static double number(Properties printed, String name) {
            String value = printed.getProperty(name);
            if (value == null) {
                throw new IllegalStateException("the measured JVM did not print " + name + ": " + printed);
            }
            return Double.parseDouble(value);
        }

        void print() {
            System.out.println("engine=" + engine);
            System.out.println("warmUp=" + warmUp);
            System.out.println("firstCall=" + firstCall);
            System.out.println("firstDone=" + firstDone);
            System.out.println("fast=" + fast);
            System.out.println("callsUntilFast=" + callsUntilFast);
            System.out.println("gflops=" + gflops);
        }
    }

    /**
     * The program.
     *
     * @param args see the class
     */
    public static void main(String[] args) {
        int size = Integer.parseInt(args[1]);
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
