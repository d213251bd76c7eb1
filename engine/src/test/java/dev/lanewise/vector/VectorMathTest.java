package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernels.ActivationKernels;
import dev.lanewise.kernels.ElementFunction;
import dev.lanewise.testing.Close;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The elementary functions on a sample of all floats, against double, within the errors that {@link VectorMath} states from
 * a sweep over all of them. Nothing of the Vector API is loaded before the assumption that it is there.
 */
final class VectorMathTest {
    /** Prime, so that the sample meets all low bits; a quarter of a million floats. */
    private static final int STRIDE = 16_381;

    @BeforeAll
    static void theVectorApiIsThere() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
    }

    @Test
    void exponentialIsWithinOneUlpDownToTheSmallestDenormal() {
        assertUlps(Functions::exp, StrictMath::exp, -105f, 44f, 0.91);
    }

    @Test
    void exponentialOfTheSoftmaxIsWithinAnEpsAndAShareOfItsArgument() {
        float[] x = sample(-200f, 0f);
        float[] scaled = new float[x.length];
        SoftmaxRow.expAndSum(x.length, 0f, x, 0, scaled, 0);
        for (int i = 0; i < x.length; i++) {
            double expected = StrictMath.exp(x[i]);
            // The rounding of x - max alone, up to 2^-24 of x, would be twenty times the share.
            double bound = expected * (Close.EPS * 1.3 + 3e-9 * -x[i]) + 0.5 * Float.MIN_VALUE;
            Close.assertWithin(expected, scaled[i] * VectorMath.DESCALE, bound, "exp(" + x[i] + ")");
        }
    }

    @Test
    void exponentialOfNarrowRowsHasTheBitsOfAnyRow() {
        float[] x = sample(-100f, 0f);
        float[] any = new float[x.length];
        float[] narrow = new float[x.length];
        float sum = SoftmaxRow.expAndSum(x.length, 0f, x, 0, any, 0);
        assertEquals(sum, SoftmaxNarrowRow.expAndSum(x.length, 0f, x, 0, narrow, 0), "sum");
        Close.assertSameBits(any, narrow, "exponentials");
    }

    @Test
    void exponentialKeepsItsLimits() {
        float[] y = Functions.exp(new float[] {
            0f, -0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, -Float.MAX_VALUE, -104f, Float.NaN, -103.9f
        });
        Close.assertSameBits(new float[] {1, 1, 1, 0, 0, 0, Float.NaN, Float.MIN_VALUE}, y, "exp");
    }

    @Test
    void zeroBeginsWhereTheExponentialRoundsToZero() {
        float zero = VectorMath.EXP_ZERO;
        // Half of the smallest denormal, 2^-150, is a tie and goes to zero.
        assertTrue(StrictMath.exp(zero) <= 0x1p-150, "not too high");
        assertTrue(StrictMath.exp(Math.nextUp(zero)) > 0x1p-150, "not too low");
    }

    @Test
    void geluIsOffByNoMoreThanItsInputTimesTheErrorOfTheNormalDistribution() {
        float[] x = sample(-20f, 20f);
        float[] y = Functions.gelu(x);
        for (int i = 0; i < x.length; i++) {
            double bound = 1.75e-7 * Math.abs(x[i]) + Float.MIN_VALUE;
            Close.assertWithin(Normal.gelu(x[i]), y[i], bound, "gelu of " + x[i]);
        }
    }

    @Test
    void geluKeepsItsRelativeAccuracyAroundZero() {
        assertUlps(Functions::gelu, Normal::gelu, -1f, 1f, 8);
    }

    @Test
    void geluKeepsItsLimits() {
        float[] y = Functions.gelu(new float[] {
            0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.intBitsToFloat(0xffc00000),
            1e30f, -1e30f, 15f, -15f
        });
        Close.assertSameBits(
                new float[] {
                    0f, -0f, Float.POSITIVE_INFINITY, -0f, Float.NaN, Float.NaN, 1e30f, -0f, 15f, -0f
                }, y, "gelu");
    }

    @Test
    void slopeOfGeluIsWithinThreeUlpsOfOne() {
        float[] x = sample(-20f, 20f);
        float[] y = Functions.slope(x);
        for (int i = 0; i < x.length; i++) {
            Close.assertWithin(Normal.slope(x[i]), y[i], 1.8e-7, "slope at " + x[i]);
        }
    }

    @Test
    void slopeOfGeluKeepsItsLimits() {
        float[] y = Functions.slope(new float[] {
            0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 1e30f, -1e30f, 15f, -15f
        });
        Close.assertSameBits(new float[] {0.5f, 0.5f, 1, 0, Float.NaN, 1, 0, 1, 0}, y, "slope");
    }

    @Test
    void valueDoesNotDependOnThePositionInTheArray() {
        float[] values = {-3.3f, -0.4f, 0.7f, 2.9f, -11f};
        for (float value : values) {
            for (int n = 1; n <= 2 * Lanes.LANES + 1; n++) {
                float[] x = new float[n];
                java.util.Arrays.fill(x, value);
                for (UnaryOperator<float[]> f : Functions.all()) {
                    float[] y = f.apply(x);
                    for (float element : y) {
                        assertEquals(y[0], element, "at " + value + " of " + n);
                    }
                }
            }
        }
    }

    @Test
    void bitsStayTheSameOnceTheCompilerHasSeenTheCode() {
        float[] x = new float[67];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i - 33) / 7f;
        }
        for (UnaryOperator<float[]> f : Functions.all()) {
            float[] first = f.apply(x);
            for (int call = 0; call < 20_000; call++) {
                f.apply(x);
            }
            Close.assertSameBits(first, f.apply(x), "before and after compilation");
        }
    }

    /** That the results are within a number of units in the last place, counted in the denormals' own too. */
    private static void assertUlps(
            UnaryOperator<float[]> actual, DoubleUnaryOperator exact, float from, float to, double ulps) {
        float[] x = sample(from, to);
        assertTrue(x.length > 50_000, "the sample is large");
        float[] y = actual.apply(x);
        for (int i = 0; i < x.length; i++) {
            double expected = exact.applyAsDouble(x[i]);
            Close.assertWithin(expected, y[i], ulps * Math.ulp((float) expected), "value at " + x[i]);
        }
    }

    /** Floats of all binades within a range. */
    private static float[] sample(float from, float to) {
        float[] x = new float[(int) (0x1_0000_0000L / STRIDE) + 1];
        int count = 0;
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += STRIDE) {
            float value = Float.intBitsToFloat((int) bits);
            if (value >= from && value <= to) {
                x[count++] = value;
            }
        }
        return java.util.Arrays.copyOf(x, count);
    }

    /** The functions on arrays: a class of its own, since it needs the Vector API to be loaded. */
    private static final class Functions {
        private Functions() {}

        private static Iterable<UnaryOperator<float[]>> all() {
            return java.util.List.of(Functions::exp, Functions::gelu, Functions::slope);
        }

        private static float[] exp(float[] x) {
            float[] padded = java.util.Arrays.copyOf(x, x.length + Lanes.LANES);
            for (int i = 0; i < x.length; i += Lanes.LANES) {
                VectorMath.expScaled(FloatVector.fromArray(Lanes.SPECIES, padded, i))
                        .mul(VectorMath.DESCALE)
                        .intoArray(padded, i);
            }
            return java.util.Arrays.copyOf(padded, x.length);
        }

        private static float[] gelu(float[] x) {
            float[] y = new float[x.length];
            kernels().forward(ElementFunction.GELU, x.length, x, 0, y, 0);
            return y;
        }

        private static float[] slope(float[] x) {
            float[] ones = new float[x.length];
            java.util.Arrays.fill(ones, 1f);
            float[] dX = new float[x.length];
            kernels().backward(ElementFunction.GELU, x.length, x, 0, ones, 0, dX, 0);
            return dX;
        }

        private static ActivationKernels kernels() {
            return new VectorActivation();
        }
    }

    /** The normal distribution in double: a series near zero, a continued fraction in the tail. */
    private static final class Normal {
        private Normal() {}

        private static double gelu(double x) {
            double a = Math.abs(x);
            return x > 0 ? x - a * tail(a) : -a * tail(a);
        }

        private static double slope(double x) {
            double a = Math.abs(x);
            double drop = tail(a) - a * density(a);
            return x >= 0 ? 1 - drop : drop;
        }

        private static double density(double a) {
            return StrictMath.exp(-a * a / 2) / Math.sqrt(2 * Math.PI);
        }

        /** Phi(-a) for a not negative. */
        private static double tail(double a) {
            if (a < 2.5) {
                double term = a;
                double sum = a;
                for (int k = 1; k < 60; k++) {
                    term *= a * a / (2 * k + 1);
                    sum += term;
                }
                return 0.5 - density(a) * sum;
            }
            double fraction = a;
            for (int k = 120; k >= 1; k--) {
                fraction = a + k / fraction;
            }
            return density(a) / fraction;
        }
    }
}
