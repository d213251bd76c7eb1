package dev.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.nn.Embedding;
import dev.lanewise.nn.Initializer;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ParameterTable;
import dev.lanewise.nn.Parameters;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdamWTest {
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9f, 0.99f, 1e-8f, 0.1f);

    private final Engine engine = Engine.serial();
    private final SplittableRandom random = new SplittableRandom(7);

    /** The formulas of the method on one value. */
    private static final class Value {
        private final double decay;
        private double w;
        private double m;
        private double v;

        private Value(double w, double decay) {
            this.w = w;
            this.decay = decay;
        }

        private void step(double g, double rate, int step) {
            m = SETTINGS.beta1() * m + (1 - SETTINGS.beta1()) * g;
            v = SETTINGS.beta2() * v + (1 - SETTINGS.beta2()) * g * g;
            double mHat = m / (1 - Math.pow(SETTINGS.beta1(), step));
            double vHat = v / (1 - Math.pow(SETTINGS.beta2(), step));
            w = w - rate * decay * w - rate * mHat / (Math.sqrt(vHat) + SETTINGS.epsilon());
        }
    }

    @Test
    void tenStepsAreThoseOfTheFormulasAndDecayActsWhereItShould() {
        Parameters.Builder builder = Parameters.builder(1);
        builder.add("bias", 1, 7, Initializer.normal(1), false);
        builder.add("weight", 5, 9, Initializer.normal(1), true);
        Parameters parameters = builder.build();
        Value[] expected = new Value[parameters.values().length];
        for (int i = 0; i < expected.length; i++) {
            double decay = i < parameters.decayingSize() ? SETTINGS.weightDecay() : 0;
            expected[i] = new Value(parameters.values()[i], decay);
        }
        AdamW optimizer = new AdamW(parameters, SETTINGS);
        for (int step = 1; step <= 10; step++) {
            for (int i = 0; i < expected.length; i++) {
                float g = (float) random.nextGaussian();
                parameters.gradients()[i] = g;
                expected[i].step(g, 0.01, step);
            }
            optimizer.step(engine, 0.01f);
        }
        assertEquals(10, optimizer.steps());
        assertEquals(45, parameters.decayingSize());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i].w, parameters.values()[i], 2e-6, "value " + i);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 1", "true, 3"})
    void touchedRowsGoTheWayOfDenseOnesAndTheOthersStay(boolean decays, int threads) {
        int dim = 6;
        int[] ids = {3, 1, -1, 3};
        Parameters.Builder tableBuilder = Parameters.builder(1);
        ParameterTable table = tableBuilder.addTable("words", 5, dim, Initializer.normal(1), decays);
        Parameters lazy = tableBuilder.build();
        Parameters.Builder denseBuilder = Parameters.builder(1);
        Parameter dense = denseBuilder.add("words", 5, dim, Initializer.normal(1), decays);
        Parameters all = denseBuilder.build();
        float[] before = all.values().clone();
        AdamW lazyOptimizer = new AdamW(lazy, SETTINGS);
        AdamW denseOptimizer = new AdamW(all, SETTINGS);
        float[] gradients = table.parameter().gradients();
        try (Engine many = Engine.builder().threads(threads).build()) {
            for (int step = 0; step < 5; step++) {
                table.touch(ids.length, ids);
                for (int row : new int[] {1, 3}) {
                    for (int c = 0; c < dim; c++) {
                        float g = (float) random.nextGaussian();
                        gradients[row * dim + c] = g;
                        dense.gradients()[row * dim + c] = g;
                    }
                }
                lazyOptimizer.step(many, 0.01f);
                denseOptimizer.step(many, 0.01f);
                assertEquals(0, table.touchedCount());
                assertArrayEquals(new float[5 * dim], gradients);
            }
        }
        for (int i = 0; i < 5 * dim; i++) {
            int row = i / dim;
            float expected = row == 1 || row == 3 ? dense.values()[i] : before[i];
            assertEquals(expected, table.parameter().values()[i], "row " + row);
        }
    }

    @Test
    void aTableWithoutTouchedRowsIsLeftAlone() {
        Parameters.Builder builder = Parameters.builder(1);
        new Embedding(builder, "words", 5, 4, 0, Initializer.normal(1));
        Parameters parameters = builder.build();
        float[] before = parameters.get("words").values().clone();
        new AdamW(parameters, SETTINGS).step(engine, 0.01f);
        assertArrayEquals(before, parameters.get("words").values());
    }

    /** A dense bias and a table. */
    private static Parameters model() {
        Parameters.Builder builder = Parameters.builder(1);
        builder.add("bias", 1, 7, Initializer.normal(1), false);
        builder.addTable("words", 5, 2, Initializer.normal(1), false);
        return builder.build();
    }

    /** One step with gradients that depend on its number alone. */
    private void step(AdamW optimizer, Parameters parameters, int number) {
        SplittableRandom gradients = new SplittableRandom(number);
        for (int i = 0; i < 7; i++) {
            parameters.gradients()[i] = (float) gradients.nextGaussian();
        }
        ParameterTable table = parameters.tables().getFirst();
        int row = number % 4;
        table.touch(1, new int[] {row});
        table.parameter().gradients()[2 * row] = (float) gradients.nextGaussian();
        table.parameter().gradients()[2 * row + 1] = (float) gradients.nextGaussian();
        optimizer.step(engine, 0.01f);
    }

    private static void assertSameBits(Parameters expected, Parameters actual, String what) {
        for (Parameter parameter : expected.all()) {
            assertArrayEquals(
                    parameter.values(), actual.get(parameter.name()).values(), what + " of " + parameter);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.9, 0.999, 300", "0.7, 0.9999, 9000", "0, 0.5, 2000", "0.9, 0.99, 0"})
    void aRestoredOptimiserGoesOnWithTheBitsOfOneThatWasNotSaved(float beta1, float beta2, int steps) {
        AdamW.Settings settings = new AdamW.Settings(beta1, beta2, 1e-8f, 0.1f);
        Parameters parameters = model();
        AdamW whole = new AdamW(parameters, settings);
        for (int i = 0; i < steps; i++) {
            step(whole, parameters, i);
        }
        Parameters others = model();
        AdamW resumed = new AdamW(others, settings);
        // What it has done before makes no difference.
        step(resumed, others, 77);
        others.copyFrom(parameters);
        resumed.restore(whole.steps(), whole.firstMoments(), whole.secondMoments());
        assertEquals(steps, resumed.steps());
        for (int i = steps; i < steps + 9; i++) {
            step(whole, parameters, i);
            step(resumed, others, i);
            assertSameBits(parameters, others, "step " + i);
        }
        assertSameBits(whole.firstMoments(), resumed.firstMoments(), "m");
        assertSameBits(whole.secondMoments(), resumed.secondMoments(), "v");
        assertEquals(whole.steps(), resumed.steps());
    }

    @Test
    void stepsOfManyYearsAreRestoredAtOnce() {
        Parameters parameters = model();
        AdamW optimizer = new AdamW(parameters, SETTINGS);
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> optimizer.restore(Long.MAX_VALUE - 1, parameters.zeros(), parameters.zeros()));
        step(optimizer, parameters, 1);
        assertEquals(Long.MAX_VALUE, optimizer.steps());
    }

    @Test
    void aStateThatDoesNotFitIsRefusedAndNothingIsChanged() {
        Parameters parameters = model();
        AdamW optimizer = new AdamW(parameters, SETTINGS);
        step(optimizer, parameters, 1);
        Parameters first = parameters.zeros();
        Parameters second = parameters.zeros();
        first.copyFrom(optimizer.firstMoments());
        second.copyFrom(optimizer.secondMoments());
        Parameters ones = parameters.zeros();
        Arrays.fill(ones.values(), 1f);
        Parameters.Builder builder = Parameters.builder(1);
        builder.add("bias", 1, 7, Initializer.constant(1), false);
        builder.addTable("words", 6, 2, Initializer.constant(1), false);
        Parameters larger = builder.build();
        Parameters negative = parameters.zeros();
        negative.get("words").values()[9] = -2f;

        assertRefused(() -> optimizer.restore(-3, ones, ones), "-3");
        assertRefused(() -> optimizer.restore(9, larger, ones), "words [5 x 2]", "words [6 x 2]");
        assertRefused(() -> optimizer.restore(9, ones, larger), "words [5 x 2]", "words [6 x 2]");
        assertRefused(() -> optimizer.restore(9, ones, negative), "element 9 of words [5 x 2]", "-2");
        assertEquals(1, optimizer.steps());
        assertSameBits(first, optimizer.firstMoments(), "m");
        assertSameBits(second, optimizer.secondMoments(), "v");

        Parameters others = model();
        AdamW undisturbed = new AdamW(others, SETTINGS);
        step(undisturbed, others, 1);
        step(undisturbed, others, 2);
        step(optimizer, parameters, 2);
        assertSameBits(others, parameters, "the step after");
    }

    private static void assertRefused(Executable restore, String... parts) {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, restore);
        for (String part : parts) {
            assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0.9, 1e-8, 0", "0.9, -0.1, 1e-8, 0", "0.9, 0.9, 0, 0", "0.9, 0.9, 1, -1"})
    void constantsOutOfRangeAreRefused(float beta1, float beta2, float epsilon, float decay) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new AdamW.Settings(beta1, beta2, epsilon, decay));
    }

    /** 40 values that decay, which are one block, and 20,000 others, which are two: one thread is enough for the former. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aClosedEngineMakesNoPartOfAStep(int threads) {
        Parameters.Builder builder = Parameters.builder(1);
        builder.add("weight", 5, 8, Initializer.normal(1), true);
        builder.add("bias", 1, 20_000, Initializer.normal(1), false);
        ParameterTable table = builder.addTable("table", 3, 2, Initializer.normal(1), true);
        Parameters parameters = builder.build();
        Arrays.fill(parameters.gradients(), 0.25f);
        table.touch(1, new int[] {1});
        float[] values = parameters.values().clone();
        float[] rows = table.parameter().values().clone();
        AdamW optimizer = new AdamW(parameters, SETTINGS);
        Engine closed = Engine.builder().threads(threads).build();
        closed.close();

        assertThrows(IllegalStateException.class, () -> optimizer.step(closed, 0.01f));

        assertEquals(0, optimizer.steps());
        assertArrayEquals(values, parameters.values());
        assertArrayEquals(rows, table.parameter().values());
        assertEquals(1, table.touchedCount());
        optimizer.step(engine, 0.01f);
        // The first step of Adam is of the length of the rate, whatever the gradient: so it counts as the first.
        assertEquals(values[20_039] - 0.01f, parameters.values()[20_039], 1e-6);
    }
}
