package dev.lanewise.examples.imdb.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.Engine;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TokenGroupsTest {

    private static final float ROOT2 = (float) Math.sqrt(2);

    private final TokenGroups groups = new TokenGroups(2, 2);
    private final ModelInput input = input();

    /** Two reviews of 3 and 1 tokens, padded to 4. */
    private static ModelInput input() {
        ModelInput input = new ModelInput();
        input.reserve(2, 4, 1, 1);
        input.setLength(0, 3, 3);
        input.setLength(1, 1, 2);
        return input;
    }

    @Test
    void sumsEachGroupOverTheRootOfItsTokensAndTheWholeReview() {
        float[] x = {1, 10, 2, 20, 4, 40, 99, 99, /* second review */ 8, 80, 99, 99, 99, 99, 99, 99};
        float[] y = new float[8];
        Arrays.fill(y, Float.NaN);
        float[] total = new float[4];
        try (Engine engine = Engine.serial()) {
            groups.forward(engine, input, x, y, total);
        }
        assertArrayEquals(new float[] {3 / ROOT2, 30 / ROOT2, 4, 40, 8, 80, 0, 0}, y, 1e-5f);
        // The second review stands for two tokens of which one is left: its sum counts twice.
        assertArrayEquals(new float[] {7 / 16f, 70 / 16f, 2 * 8 / 16f, 2 * 80 / 16f}, total, 1e-6f);
    }

    @Test
    void gradientReachesEachTokenButNoPadding() {
        float[] dGroups = {1, 2, 3, 4, 5, 6, 7, 8};
        float[] dTotal = {16, 32, 48, 64};
        float[] dX = new float[16];
        Arrays.fill(dX, Float.NaN);
        try (Engine engine = Engine.serial()) {
            groups.backward(engine, input, dGroups, dTotal, dX, false);
            float a = 1 / ROOT2 + 1;
            float b = 2 / ROOT2 + 2;
            float[] expected = {a, b, a, b, 3 + 1, 4 + 2, 0, 0, 5 + 6, 6 + 8, 0, 0, 0, 0, 0, 0};
            assertArrayEquals(expected, dX, 1e-5f);
            groups.backward(engine, input, dGroups, dTotal, dX, true);
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= 2;
            }
            assertArrayEquals(expected, dX, 1e-5f);
        }
    }
}
