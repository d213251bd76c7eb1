package dev.lanewise;

import static dev.lanewise.testing.NormalDistribution.erfc;
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
    private static Block run(ActivationCase.Forward function, Block x) {
        Block y = Block.unsetDense(new Random(3), 1, x.cols);
        function.apply(x.cols, x.data, x.offset, y.data, y.offset);
        x.assertUnchanged("x");
        y.assertGuarded("y");
        Block inPlace = x.copy();
        function.apply(x.cols, inPlace.data, inPlace.offset, inPlace.data, inPlace.offset);
        assertSameValues(y, inPlace);
        return y;
    }

    private static Block run(ActivationCase.Backward function, Block x, Block dY) {
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

    /** The functions are within the errors that they state, on numbers around zero and of all magnitudes. */
    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void functionsAreWithinTheErrorsTheyState(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (ActivationCase function : ActivationCase.values()) {
                int n = 20_000;
                int[] at = {0};
                // Evenly from -15 to 15, then magnitudes over all exponents.
                Block x = Block.dense(random, 1, n, () -> {
                    int i = at[0]++;
                    double even = -15 + 30.0 * i / (n / 2);
                    double scaled = Math.scalb(1 + random.nextDouble(), random.nextInt(250) - 140);
                    double any = i < n / 2 ? even : random.nextBoolean() ? scaled : -scaled;
                    return function.positive() ? Math.abs(any) : any;
                });
                Block y = run(function.forward(engine.activation()), x);
                for (int i = 0; i < n; i++) {
                    double v = x.get(0, i);
                    Close.assertWithin(
                            function.value(v), y.get(0, i), function.bound(v), function + " of " + v);
                }
                Block kept = function.keepsOutput() ? y.copy() : x;
                Block ones = Block.dense(random, 1, n, () -> 1);
                Block dX = run(function.backward(engine.activation()), kept, ones);
                for (int i = 0; i < n; i++) {
                    double v = kept.get(0, i);
                    Close.assertWithin(
                            function.slope(v), dX.get(0, i), function.slopeBound(v),
                            "slope of " + function + ", kept " + v);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void eachElementIsComputedAlone(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (ActivationCase function : ActivationCase.values()) {
                for (int n : Sizes.edges()) {
                    Block x = Block.vector(random, n);
                    Block dY = Block.vector(random, n);
                    Block y = run(function.forward(engine.activation()), x);
                    Block dX = run(function.backward(engine.activation()), x, dY);
                    for (int i = 0; i < n; i++) {
                        float[] one = {x.get(0, i)};
                        float[] slope = {dY.get(0, i)};
                        function.backward(engine.activation()).apply(1, one, 0, slope, 0, slope, 0);
                        function.forward(engine.activation()).apply(1, one, 0, one, 0);
                        assertEquals(one[0], y.get(0, i), function + " in a tail of one");
                        assertEquals(slope[0], dX.get(0, i), "slope of " + function + " in a tail of one");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void limitsAreKept(Implementation implementation, Random random) {
        float[] in = {
            Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MAX_VALUE, -Float.MAX_VALUE
        };
        try (Engine engine = Engines.serial(implementation)) {
            for (ActivationCase function : ActivationCase.values()) {
                for (int n : new int[] {7, 16, 37}) {
                    int[] at = {0};
                    Block x = Block.dense(random, 1, n, () -> in[at[0]++ % in.length]);
                    Block y = run(function.forward(engine.activation()), x);
                    Block ones = Block.dense(random, 1, n, () -> 1);
                    Block dX = run(function.backward(engine.activation()), function.keepsOutput() ? y.copy() : x, ones);
                    for (int i = 0; i < n; i++) {
                        int special = i % in.length;
                        // Either zero is right for a limit of zero.
                        Close.assertWithin(
                                function.limits()[special], y.get(0, i),
                                1e-7 * Math.min(Math.abs(function.limits()[special]), 100),
                                function + " of " + in[special]);
                        Close.assertWithin(
                                function.slopeLimits()[special], dX.get(0, i), 1e-7,
                                "slope of " + function + " at " + in[special]);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        Block x = Block.vector(random, 100_003);
        Block dY = Block.vector(random, x.cols);
        for (ActivationCase function : ActivationCase.values()) {
            Block first = null;
            Block firstBackward = null;
            for (Engine engine : Engines.threads(implementation)) {
                Block y = run(function.forward(engine.activation()), x);
                Block dX = run(function.backward(engine.activation()), x, dY);
                first = first == null ? y : first;
                firstBackward = firstBackward == null ? dX : firstBackward;
                Close.assertSameBits(first.data, y.data, function.toString());
                Close.assertSameBits(firstBackward.data, dX.data, "slope of " + function);
            }
        }
    }
}
