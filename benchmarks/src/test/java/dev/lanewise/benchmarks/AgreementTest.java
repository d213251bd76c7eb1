package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.benchmarks.peers.PeerException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Runs each method of a benchmark once on every rung of the ladder, for all its parameters, and holds the outputs against
 * those of NAIVE. Only what would take a test too long is left out: naive attention over thousands of tokens.
 */
abstract class AgreementTest {
    /** Of the largest naive output. Sums of a few thousand float products in another order differ by about a tenth of it. */
    private static final double TOLERANCE = 1e-5;

    /** Work of one call, as the benchmark counts it, above which parameters are left out: a second or two of NAIVE. */
    private static final double MOST_WORK = 3.5e9;

    private final Supplier<? extends LadderBenchmark> factory;

    AgreementTest(Supplier<? extends LadderBenchmark> factory) {
        this.factory = factory;
    }

    @TestFactory
    Stream<DynamicTest> everyRungComputesWhatNaiveComputes() throws ReflectiveOperationException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String[] values : combinations()) {
            LadderBenchmark sample = factory.get();
            set(sample, values);
            if (sample.work() > MOST_WORK) {
                continue;
            }
            for (Method method : methods()) {
                String name = method.getName() + " " + Arrays.toString(values);
                tests.add(DynamicTest.dynamicTest(name, () -> assertRungsAgree(method, values)));
            }
        }
        assertTrue(tests.size() >= methods().size(), "all parameters were left out");
        return tests.stream();
    }

    private void assertRungsAgree(Method method, String[] values) throws ReflectiveOperationException, PeerException {
        List<float[]> expected = run(Ladder.NAIVE, method, values);
        double largest = expected.stream().mapToDouble(AgreementTest::largest).max().orElse(0);
        assertTrue(largest > 0, "NAIVE computed nothing but zeros");
        for (Ladder rung : List.of(Ladder.VECTOR, Ladder.VECTOR_PARALLEL)) {
            List<float[]> actual = run(rung, method, values);
            assertEquals(expected.size(), actual.size());
            for (int i = 0; i < actual.size(); i++) {
                assertClose(expected.get(i), actual.get(i), rung + ", output " + i);
            }
        }
    }

    private List<float[]> run(Ladder rung, Method method, String[] values)
            throws ReflectiveOperationException, PeerException {
        LadderBenchmark benchmark = factory.get();
        benchmark.implementation = rung.name();
        set(benchmark, values);
        benchmark.open();
        try {
            assertEquals(rung == Ladder.NAIVE, benchmark.engine.info().vectorBits() == 32);
            Object rate = method.getParameterTypes()[0].getConstructor().newInstance();
            method.invoke(benchmark, rate);
            double counted = switch (rate) {
                case FlopRate flops -> flops.gflops;
                case ByteRate bytes -> bytes.gigabytes;
                default -> ((ElementRate) rate).gigaElements;
            };
            assertTrue(counted > 0, "the call counted no work");
            return benchmark.outputs();
        } finally {
            benchmark.close();
        }
    }

    private static void assertClose(float[] expected, float[] actual, String what) {
        assertEquals(expected.length, actual.length, what);
        double bound = TOLERANCE * largest(expected);
        for (int i = 0; i < expected.length; i++) {
            boolean close = Math.abs((double) expected[i] - actual[i]) <= bound;
            int at = i;
            assertTrue(close, () -> what + " [" + at + "]: " + actual[at] + ", but NAIVE has " + expected[at]);
        }
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            assertFalse(Float.isNaN(value), "NAIVE computed a NaN");
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private List<Method> methods() {
        return Stream.of(factory.get().getClass().getMethods()).filter(m -> m.isAnnotationPresent(Benchmark.class))
                .toList();
    }

    /** The parameters of the benchmark itself; the rung of the ladder is run through separately. */
    private List<Field> params() {
        return Params.of(factory.get().getClass());
    }

    private List<String[]> combinations() {
        List<String[]> combinations = List.<String[]>of(new String[0]);
        for (Field param : params()) {
            List<String[]> longer = new ArrayList<>();
            for (String[] values : combinations) {
                for (String value : Params.defaults(param)) {
                    String[] more = Arrays.copyOf(values, values.length + 1);
                    more[values.length] = value;
                    longer.add(more);
                }
            }
            combinations = longer;
        }
        return combinations;
    }

    private void set(LadderBenchmark benchmark, String[] values) throws ReflectiveOperationException {
        List<Field> params = params();
        for (int i = 0; i < values.length; i++) {
            Params.set(benchmark, params.get(i), values[i]);
        }
    }
}
