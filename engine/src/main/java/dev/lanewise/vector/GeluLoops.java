package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * GELU in its exact form, from fused multiply-adds alone: 16 instructions a vector, and no division. Loops over full vectors: n
 * is a multiple of their length. The function has a method of its own, since it is short enough to be inlined; the gradient is
 * written out: the compiler stops inlining methods of ours where a kernel gets long, and a vector that crosses a call becomes an
 * object.
 * Errors are measured as those of {@link VectorMath}. Source of the function: Hendrycks, Gimpel, Gaussian Error Linear
 * Units, 2016 (1606.08415).
 */
final class GeluLoops {
    // Minimax for the fourth root of erfc(a / sqrt(2)) = 2 Phi(-a) on 0..5.5, with the error of the fourth power made
    // small; coefficients rounded one after the other. A root is what a polynomial follows easily: the function itself falls
    // by eight orders of magnitude, its fourth root by two. The first coefficient is 1, so that Phi(0) is exact.
    private static final float T1 = -0x1.9883c0p-3f;
    private static final float T2 = -0x1.e90c50p-5f;
    private static final float T3 = 0x1.6ad36cp-8f;
    private static final float T4 = 0x1.2742b8p-8f;
    private static final float T5 = -0x1.2fe524p-15f;
    private static final float T6 = -0x1.817942p-12f;
    private static final float T7 = 0x1.24e6d0p-14f;
    private static final float T8 = -0x1.111760p-18f;

    // The same for 2 (Phi(-a) - a phi(a)) / (1 - a / S0) on 0..6.1, where S0 is the zero of the numerator.
    private static final float ONE_OVER_S0 = 0x1.54851ap+0f;
    private static final float S1 = -0x1.0ffc26p-4f;
    private static final float S2 = -0x1.84e9b6p-4f;
    private static final float S3 = -0x1.95ec5ap-9f;
    private static final float S4 = 0x1.f6b726p-8f;
    private static final float S5 = -0x1.1e9e28p-15f;
    private static final float S6 = -0x1.6679e2p-12f;
    private static final float S7 = 0x1.60a1c2p-17f;
    private static final float S8 = 0x1.ad55e2p-17f;
    private static final float S9 = -0x1.11f7d2p-19f;
    private static final float S10 = 0x1.a3cdb2p-24f;

    /** From here up, Phi(-a) is taken for zero: it is below 1.9e-8. */
    private static final float GELU_END = 5.5f;

    /** From here up, a phi(a) is taken for zero: it is below 2.1e-8. */
    private static final float GELU_SLOPE_END = 6.1f;

    private static final int SIGN = 0x80000000;

    private GeluLoops() {}

    /**
     * {@code x Phi(x)} with Phi the normal distribution. With a = |x| it is {@code max(x, 0) - a Phi(-a)}, and 2
     * Phi(-a) is the fourth power of a polynomial: no division, no exponential. At most 1.75e-7 |x| off, that is
     * 1.75e-7 in Phi; relative to the result, 7.2 ulp from -1 up, and no bound in the far left: zero from {@link
     * #GELU_END} on. Negative zero for negative infinity, NaN for NaN.
     */
    static void gelu(int n, float[] in, int inOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            FloatVector a = x.abs();
            FloatVector p = a.fma(FloatVector.broadcast(SPECIES, T8), FloatVector.broadcast(SPECIES, T7));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T6));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T5));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T4));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T3));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T2));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T1));
            p = p.fma(a, FloatVector.broadcast(SPECIES, 1f));
            p = p.mul(p);
            p = p.mul(p);
            // As unsigned numbers, all negative floats lie above negative zero: one instruction for x < 0 ? -0 : x.
            FloatVector relu = x.reinterpretAsInts().lanewise(VectorOperators.UMIN, SIGN).reinterpretAsFloats();
            a.mul(-0.5f).fma(p, relu).blend(relu, a.compare(VectorOperators.GE, GELU_END))
                    .intoArray(out, outOffset + i);
        }
    }

    /**
     * The same of {@code z = x + bias}, which is stored as well. Not the same loop with a bias that may be null: the compiler
     * takes that test out of the loop with the outcome it has seen, and falls back to the interpreter at the other. Nor do both
     * call one method for the formula: where that has been compiled by itself before, it stays a call and makes objects.
     */
    static void biasGelu(
            int n, float[] in, int inOffset, float[] bias, int biasOffset, float[] z, int zOffset, float[] out,
            int outOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i)
                    .add(FloatVector.fromArray(SPECIES, bias, biasOffset + i));
            x.intoArray(z, zOffset + i);
            FloatVector a = x.abs();
            FloatVector p = a.fma(FloatVector.broadcast(SPECIES, T8), FloatVector.broadcast(SPECIES, T7));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T6));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T5));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T4));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T3));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T2));
            p = p.fma(a, FloatVector.broadcast(SPECIES, T1));
            p = p.fma(a, FloatVector.broadcast(SPECIES, 1f));
            p = p.mul(p);
            p = p.mul(p);
            FloatVector relu = x.reinterpretAsInts().lanewise(VectorOperators.UMIN, SIGN).reinterpretAsFloats();
            a.mul(-0.5f).fma(p, relu).blend(relu, a.compare(VectorOperators.GE, GELU_END))
                    .intoArray(out, outOffset + i);
        }
    }

    /**
     * {@code dY} times the derivative of {@link #gelu}, {@code Phi(x) + x phi(x)} with phi the normal density:
     * with a = |x|, 1/2 plus, or for negative x minus, 1/2 - (Phi(-a) - a phi(a)). At most 1.8e-7 off; it crosses
     * zero at x = -0.7518, so its relative error has no bound there. 0 and 1 for the infinities, NaN for NaN.
     */
    static void geluBackward(
            int n, float[] in, int inOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector a = x.abs();
            FloatVector p = a.fma(FloatVector.broadcast(SPECIES, S10), FloatVector.broadcast(SPECIES, S9));
            p = p.fma(a, FloatVector.broadcast(SPECIES, S8));
            p = p.fma(a, FloatVector.broadcast(SPECIES, S7));
            p = p.fma(a, FloatVector.broadcast(SPECIES, S6));
            p = p.fma(a, FloatVector.broadcast(SPECIES, S5));
            p = p.fma(a, FloatVector.broadcast(SPECIES, S4));
            p = p.fma(a, FloatVector.broadcast(SPECIES, S3));
            p = p.fma(a, FloatVector.broadcast(SPECIES, S2));
            p = p.fma(a, FloatVector.broadcast(SPECIES, S1));
            FloatVector one = FloatVector.broadcast(SPECIES, 1f);
            p = p.fma(a, one);
            p = p.mul(p);
            p = p.mul(p);
            // Never negative, so that x can lend it its sign.
            FloatVector twice = a.fma(FloatVector.broadcast(SPECIES, ONE_OVER_S0), FloatVector.broadcast(SPECIES, -1f))
                    .fma(p, one)
                    .blend(one, a.compare(VectorOperators.GE, GELU_SLOPE_END));
            FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
            x.reinterpretAsInts().and(SIGN).or(twice.reinterpretAsInts()).reinterpretAsFloats()
                    .fma(half, half)
                    .mul(g).intoArray(dX, dXOffset + i);
        }
    }
}
