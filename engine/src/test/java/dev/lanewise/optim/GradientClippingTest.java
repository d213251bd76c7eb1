package dev.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.nn.Initializer;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ParameterTable;
import dev.lanewise.nn.Parameters;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientClippingTest {
    private final Engine engine = Engine.serial();

    /** Two dense gradients of 3 and 4, and a table with a touched row of 12: the norm is 13. */
    private static Parameters thirteen() {
        Parameters.Builder builder = Parameters.builder(1);
        builder.add("dense", 1, 2, Initializer.constant(0f), true);
        ParameterTable table = builder.addTable("table", 3, 2, Initializer.constant(0f), false);
        Parameters parameters = builder.build();
        parameters.gradients()[0] = 3;
        parameters.gradients()[1] = -4;
        table.touch(1, new int[] {1});
        table.parameter().gradients()[3] = 12;
        return parameters;
    }

    @Test
    void aLargerNormIsScaledDownToTheBound() {
        Parameters parameters = thirteen();
        assertEquals(13, new GradientClipping(6.5).clip(engine, parameters), 1e-12);
        assertArrayEquals(new float[] {1.5f, -2}, parameters.gradients());
        assertArrayEquals(
                new float[] {0, 0, 0, 6, 0, 0}, parameters.get("table").gradients());
        assertEquals(6.5, new GradientClipping(6.5).clip(engine, parameters), 1e-6);
    }

    @ParameterizedTest
    @ValueSource(doubles = {13, 100, Double.POSITIVE_INFINITY})
    void aNormWithinTheBoundStays(double maxNorm) {
        Parameters parameters = thirteen();
        assertEquals(13, new GradientClipping(maxNorm).clip(engine, parameters), 1e-12);
        assertArrayEquals(new float[] {3, -4}, parameters.gradients());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aNormThatIsNoNumberIsReportedAndNothingScaled(float gradient) {
        Parameters parameters = thirteen();
        parameters.gradients()[0] = gradient;
        double norm = new GradientClipping(1).clip(engine, parameters);
        assertTrue(!Double.isFinite(norm));
        assertEquals(-4f, parameters.gradients()[1]);
    }

    /** Squares of gradients from 1.8e19 are no floats, nor are those below 2.6e-23. */
    @ParameterizedTest
    @ValueSource(floats = {1e20f, 2e37f, 1e-23f, 1e-30f})
    void gradientsWhoseSquaresAreNoFloatsAreMeasuredAndClipped(float scale) {
        Parameters parameters = thirteen();
        float[] dense = parameters.gradients();
        float[] table = parameters.get("table").gradients();
        dense[0] *= scale;
        dense[1] *= scale;
        table[3] *= scale;
        GradientClipping clipping = new GradientClipping(6.5 * scale);
        double norm = clipping.clip(engine, parameters);
        assertEquals(13.0 * scale, norm, 1e-6 * norm);
        assertEquals(0.5f, clipping.factor(norm), 1e-6f);
        assertArrayEquals(new float[] {1.5f * scale, -2 * scale}, dense, 1e-6f * scale);
        assertEquals(6 * scale, table[3], 1e-5f * scale);
    }

    @Test
    void measuringScalesNothing() {
        Parameters parameters = thirteen();
        GradientClipping clipping = new GradientClipping(6.5);
        assertEquals(13, clipping.norm(engine, parameters), 1e-12);
        assertArrayEquals(new float[] {3, -4}, parameters.gradients());
        assertEquals(12, parameters.get("table").gradients()[3]);
    }

    @Test
    void theFactorIsBelowOneOnlyForAFiniteNormAboveTheBound() {
        GradientClipping clipping = new GradientClipping(6.5);
        assertEquals(0.5f, clipping.factor(13));
        for (double norm : new double[] {0, 6.5, Double.POSITIVE_INFINITY, Double.NaN}) {
            assertEquals(1f, clipping.factor(norm), "norm " + norm);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1e9})
    void stepsWithTheFactorHaveTheBitsOfStepsWithClippedGradients(double maxNorm) {
        Parameters clipped = model();
        Parameters scaled = model();
        AdamW clippedOptimizer = new AdamW(clipped, AdamW.Settings.DEFAULT);
        AdamW scaledOptimizer = new AdamW(scaled, AdamW.Settings.DEFAULT);
        GradientClipping clipping = new GradientClipping(maxNorm);
        for (int step = 0; step < 5; step++) {
            setGradients(step, clipped);
            setGradients(step, scaled);
            double norm = clipping.clip(engine, clipped);
            clippedOptimizer.step(engine, 0.01f);
            assertEquals(norm, clipping.norm(engine, scaled));
            scaledOptimizer.step(engine, 0.01f, clipping.factor(norm));
        }
        for (Parameter parameter : clipped.all()) {
            assertArrayEquals(parameter.values(), scaled.get(parameter.name()).values(), parameter.name());
        }
        assertArrayEquals(new float[5 * 19], scaled.get("table").gradients());
    }

    /** Values that decay and others, and a table. */
    private static Parameters model() {
        Parameters.Builder builder = Parameters.builder(1);
        builder.add("weight", 5, 23, Initializer.normal(1), true);
        builder.add("bias", 1, 7, Initializer.normal(1), false);
        builder.addTable("table", 5, 19, Initializer.normal(1), true);
        return builder.build();
    }

    private static void setGradients(int seed, Parameters parameters) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] dense = parameters.gradients();
        for (int i = 0; i < dense.length; i++) {
            dense[i] = (float) random.nextGaussian();
        }
        ParameterTable table = parameters.tables().getFirst();
        table.touch(2, new int[] {3, 1});
        for (int i = 0; i < 19; i++) {
            table.parameter().gradients()[19 + i] = (float) random.nextGaussian();
            table.parameter().gradients()[3 * 19 + i] = (float) random.nextGaussian();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void theNormHasTheSameBitsForAnyNumberOfThreads(int threads) {
        Parameters.Builder builder = Parameters.builder(1);
        builder.add("dense", 300, 333, Initializer.constant(0f), true);
        ParameterTable table = builder.addTable("table", 3000, 17, Initializer.constant(0f), false);
        Parameters parameters = builder.build();
        SplittableRandom random = new SplittableRandom(3);
        float[] dense = parameters.gradients();
        for (int i = 0; i < dense.length; i++) {
            dense[i] = (float) random.nextGaussian();
        }
        int[] ids = new int[2500];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.nextInt(3000);
            table.parameter().gradients()[ids[i] * 17 + i % 17] = (float) random.nextGaussian();
        }
        table.touch(ids.length, ids);
        GradientClipping measure = new GradientClipping(Double.POSITIVE_INFINITY);
        double expected = 0;
        for (float g : dense) {
            expected += (double) g * g;
        }
        for (float g : table.parameter().gradients()) {
            expected += (double) g * g;
        }
        double norm = measure.clip(engine, parameters);
        assertEquals(Math.sqrt(expected), norm, 1e-6 * norm);
        try (Engine many = Engine.builder().threads(threads).build()) {
            assertEquals(norm, measure.clip(many, parameters));
        }
    }

    @Test
    void aBoundOfZeroIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new GradientClipping(0));
    }
}
