package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.Engine;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
    /** Several blocks of any sensible size, and a rest. */
    private static final int N = 100_003;

    private static float[] mask(Engine engine, Dropout dropout, long step, int n) {
        float[] ones = new float[n];
        Arrays.fill(ones, 1f);
        dropout.apply(engine, n, step, ones, ones);
        return ones;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void anyNumberOfThreadsDropsTheSameElements(int threads) {
        Dropout dropout = new Dropout(Parameters.builder(9), "d", 0.3f);
        try (Engine one = Engine.serial();
                Engine many = Engine.builder().threads(threads).build()) {
            assertArrayEquals(mask(one, dropout, 5, N), mask(many, dropout, 5, N));
        }
    }

    @Test
    void aShareIsDroppedAndTheRestScaledUp() {
        float[] mask = mask(Engine.serial(), new Dropout(Parameters.builder(9), "d", 0.3f), 0, N);
        int dropped = 0;
        for (float value : mask) {
            if (value == 0) {
                dropped++;
            } else {
                assertEquals(1 / 0.7f, value, 1e-6f);
            }
        }
        // Five standard deviations of a binomial.
        assertEquals(0.3 * N, dropped, 5 * Math.sqrt(0.3 * 0.7 * N));
    }

    @Test
    void seedLayerAndStepEachChangeTheChoice() {
        Engine engine = Engine.serial();
        float[] base = mask(engine, new Dropout(Parameters.builder(9), "a", 0.5f), 0, 64);
        Dropout otherSeed = new Dropout(Parameters.builder(8), "a", 0.5f);
        Dropout otherName = new Dropout(Parameters.builder(9), "b", 0.5f);
        Dropout same = new Dropout(Parameters.builder(9), "a", 0.5f);
        assertFalse(Arrays.equals(base, mask(engine, otherSeed, 0, 64)));
        assertFalse(Arrays.equals(base, mask(engine, otherName, 0, 64)));
        assertFalse(Arrays.equals(base, mask(engine, same, 1, 64)));
        assertArrayEquals(base, mask(engine, same, 0, 64));
    }

    @Test
    void evaluationAndProbabilityZeroChangeNothing() {
        Engine engine = Engine.serial();
        float[] x = Gradients.random(1, 40);
        float[] y = new float[40];
        new Dropout(Parameters.builder(9), "d", 0.9f).apply(engine, 40, Dropout.EVALUATION, x, y);
        assertArrayEquals(x, y);
        new Dropout(Parameters.builder(9), "d", 0f).apply(engine, 40, 3, x, x);
        assertArrayEquals(y, x);
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, 1f, Float.NaN})
    void aProbabilityOutOfRangeIsRefused(float probability) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Dropout(Parameters.builder(9), "d", probability));
    }
}
