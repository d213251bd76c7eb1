package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;
import static dev.lanewise.testing.NormalDistribution.density;
import static dev.lanewise.testing.NormalDistribution.erfc;
import static dev.lanewise.testing.NormalDistribution.phi;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of the activation functions, for every implementation. */
@ExtendWith(Seeds.class)
final class ActivationOpsTest {
    private interface Unary {
        void apply(int n, float[] x, int xOffset, float[] y, int yOffset);
    }

    private interface Backward {
        void apply(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset);
    }

    private static Block run(Unary function, Block x) {
        Block y = Block.unsetDense(new Random(3), 1, x.cols);
        function.apply(x.cols, x.data, x.offset, y.data, y.offset);
        x.assertUnchanged("x");
        y.assertGuarded("y");
        Block inPlace = x.copy();
        function.apply(x.cols, inPlace.data, inPlace.offset, inPlace.data, inPlace.offset);
        assertSameValues(y, inPlace);
        return y;
    }

    private static Block run(Backward function, Block x, Block dY) {
        Block dX = Block.unsetDense(new Random(3), 1, x.cols);
        function.apply(x.cols, x.data, x.offset, dY.data, dY.offset, dX.data, dX.offset);
        x.assertUnchanged("x");
        dY.assertUnchanged("dY");
        dX.assertGuarded("dX");
        Block overX = x.copy();
        function.apply(x.cols, overX.data, overX.offset, dY.data, dY.offset, overX.data, overX.offset);
        assertSameValues(dX, overX);
        Block overDY = dY.copy();
        function.apply(x.cols, x.data, x.offset, overDY.data, overDY.offset, overDY.data, overDY.offset);
        assertSameValues(dX, overDY);
        return dX;
    }

    private static void assertSameValues(Block expected, Block actual) {
        for (int c = 0; c < expected.cols; c++) {
            assertEquals(expected.get(0, c), actual.get(0, c), "in place at " + c);
        }
    }

    @Test
    void oracleAgreesWithKnownValues() {
        // From tables: erfc(0.5), erfc(1), erfc(3), erfc(5).
        assertEquals(0.479500122186953, erfc(0.5), 1e-14);
        assertEquals(0.157299207050285, erfc(1), 1e-14);
        assertEquals(2.20904969985854e-5, erfc(3), 1e-18);
        assertEquals(1.53745979442803e-12, erfc(5), 1e-25);
        assertEquals(2 - 0.157299207050285, erfc(-1), 1e-14);
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void reluKeepsWhatIsPositive(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int n : Sizes.edges()) {
                Block x = Block.vector(random, n);
                Block y = run(engine.activation()::relu, x);
                Block dY = Block.vector(random, n);
                Block dX = run(engine.activation()::reluBackward, x, dY);
                for (int i = 0; i < n; i++) {
                    assertEquals(x.get(0, i) > 0 ? x.get(0, i) : 0f, y.get(0, i));
                    assertEquals(x.get(0, i) > 0 ? dY.get(0, i) : 0f, dX.get(0, i));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void reluOfSpecialValues(Implementation implementation, Random random) {
        float[] in = {
            -0f, 0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
        };
        float[] out = {0f, 0f, Float.MIN_VALUE, 0f, Float.NaN, Float.POSITIVE_INFINITY, 0f};
        float[] slope = {0f, 0f, 1f, 0f, 0f, 1f, 0f};
        try (Engine engine = Engines.serial(implementation)) {
            for (int n : new int[] {7, 16, 41}) {
                int[] at = {0};
                Block x = Block.dense(random, 1, n, () -> in[at[0]++ % in.length]);
                Block y = run(engine.activation()::relu, x);
                Block ones = Block.dense(random, 1, n, () -> 1);
                Block dX = run(engine.activation()::reluBackward, x, ones);
                for (int i = 0; i < n; i++) {
                    int special = i % in.length;
                    assertEquals(out[special], y.get(0, i), "relu of " + in[special]);
                    assertEquals(slope[special], dX.get(0, i), "slope at " + in[special]);
                }
            }
        }
    }

    /**
     * Within what is stated: 1.7e-7 of the input, so that the relative error stays small around zero, and for the derivative
     * an absolute bound.
     */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void geluMatchesOverTheWholeRange(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            int n = 40_000;
            int[] at = {0};
            // Evenly from -15 to 15, then magnitudes over all exponents.
            Block x = Block.dense(random, 1, n, () -> {
                int i = at[0]++;
                double even = -15 + 30.0 * i / (n / 2);
                double scaled = Math.scalb(1 + random.nextDouble(), random.nextInt(190) - 140);
                return i < n / 2 ? even : random.nextBoolean() ? scaled : -scaled;
            });
            Block y = run(engine.activation()::gelu, x);
            Block ones = Block.dense(random, 1, n, () -> 1);
            Block dX = run(engine.activation()::geluBackward, x, ones);
            for (int i = 0; i < n; i++) {
                double v = x.get(0, i);
                double expected = v * phi(v);
                Close.assertWithin(
                        expected, y.get(0, i), 1.7e-7 * Math.abs(v) + 2 * Float.MIN_VALUE, "gelu(" + v + ")");
                double slope = Math.abs(v) > 1e3 ? (v > 0 ? 1 : 0) : phi(v) + v * density(v);
                Close.assertWithin(slope, dX.get(0, i), 1.8e-7, "slope of gelu at " + v);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void geluOfAnyLengthIsElementwise(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int n : Sizes.edges()) {
                Block x = Block.vector(random, n);
                Block dY = Block.vector(random, n);
                Block y = run(engine.activation()::gelu, x);
                Block dX = run(engine.activation()::geluBackward, x, dY);
                for (int i = 0; i < n; i++) {
                    float[] one = {x.get(0, i)};
                    float[] slope = {dY.get(0, i)};
                    engine.activation().geluBackward(1, one, 0, slope, 0, slope, 0);
                    engine.activation().gelu(1, one, 0, one, 0);
                    assertEquals(one[0], y.get(0, i), "gelu in a tail of one");
                    assertEquals(slope[0], dX.get(0, i), "slope in a tail of one");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void geluOfSpecialValues(Implementation implementation, Random random) {
        float[] in = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, Float.MAX_VALUE,
            -Float.MAX_VALUE};
        float[] out = {Float.NaN, Float.POSITIVE_INFINITY, 0f, 0f, Float.MAX_VALUE, 0f};
        float[] slope = {Float.NaN, 1f, 0f, 0.5f, 1f, 0f};
        try (Engine engine = Engines.serial(implementation)) {
            for (int n : new int[] {6, 16, 35}) {
                int[] at = {0};
                Block x = Block.dense(random, 1, n, () -> in[at[0]++ % in.length]);
                Block y = run(engine.activation()::gelu, x);
                Block ones = Block.dense(random, 1, n, () -> 1);
                Block dX = run(engine.activation()::geluBackward, x, ones);
                for (int i = 0; i < n; i++) {
                    int special = i % in.length;
                    // Either zero is right for a limit of zero.
                    Close.assertWithin(out[special], y.get(0, i), 0, "gelu of " + in[special]);
                    Close.assertWithin(slope[special], dX.get(0, i), 0, "slope at " + in[special]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        Block x = Block.vector(random, 100_003);
        Block dY = Block.vector(random, x.cols);
        Block[] first = null;
        for (Engine engine : Engines.threads(implementation)) {
            Block[] results = {
                run(engine.activation()::relu, x), run(engine.activation()::reluBackward, x, dY),
                run(engine.activation()::gelu, x), run(engine.activation()::geluBackward, x, dY)
            };
            if (first == null) {
                first = results;
            }
            for (int i = 0; i < results.length; i++) {
                Close.assertSameBits(first[i].data, results[i].data, "result " + i);
            }
        }
    }
}
