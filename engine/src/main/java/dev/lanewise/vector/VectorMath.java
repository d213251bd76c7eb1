package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Elementary functions by lane, from fused multiply-adds, additions and shifts only: the same bits in every lane, width
 * and compiler tier. The errors stated were measured against double over every float between 2^-12 and 20 (for exp, 105) in
 * magnitude; below, the functions are linear, beyond, constant or the identity. Units are those in the last place (ulp) of
 * the exact result, of denormal ones too.
 *
 * <p>The reduction is Cody and Waite's: {@code x = n ln 2 + r} with n an integer and |r| at most ln 2 / 2, so that
 * {@code exp(x) = 2^n exp(r)}; exp(r) is a minimax polynomial.
 */
final class VectorMath {
    /**
     * Results of {@link #expScaled} are this many times the exponential. It keeps 2^n a normal float down to the smallest
     * denormal exponential, and whoever multiplies the results afterwards gets the descaling for nothing.
     */
    static final float SCALE = 0x1p64f;

    /** {@code 1 / SCALE}, a power of two: multiplying by it rounds nothing but denormals. */
    static final float DESCALE = 0x1p-64f;

    /** The largest float whose exponential rounds to zero, that is to less than half of the smallest denormal, 2^-149. */
    static final float EXP_ZERO = -0x1.9fe36ap6f;

    static final float LOG2_E = 1.44269504f;

    // ln 2 in two parts: n * LN2_HIGH is exact for |n| < 2^14 since it has 10 bits, and so is x - n * LN2_HIGH.
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;

    // Adding 1.5 * 2^23 leaves the integer nearest to x log2(e) in the low bits of the sum; 127 is the bias of the
    // exponent and 64 the scale, so that those bits shifted left by 23 are the float 2^(n + 64).
    static final float ROUNDER = 0x1.8p23f + 127 + 64;

    // Minimax for exp(r) on +-ln 2 / 2 with the first two coefficients 1 and the others rounded to float one after the
    // other; relative error 3.2e-9, a twentieth of half an ulp.
    static final float E2 = 0x1.fffffcp-2f;
    static final float E3 = 0x1.555492p-3f;
    static final float E4 = 0x1.5558bep-5f;
    static final float E5 = 0x1.1239ecp-7f;
    static final float E6 = 0x1.6a3ffcp-10f;

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

    private VectorMath() {}

    /**
     * exp(x) for x up to 44 (beyond, any value), times {@link #SCALE}. Zero from {@link #EXP_ZERO} down, NaN for NaN. At
     * most 0.91 ulp off. This is the readable form: hot loops write it out, where a call would make objects of its vectors.
     */
    static FloatVector expScaled(FloatVector x) {
        FloatVector biased = x.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUNDER));
        FloatVector n = biased.sub(ROUNDER);
        FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW),
                n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x));
        FloatVector power = biased.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        return expReduced(r).mul(power).blend(0f, x.compare(VectorOperators.LE, EXP_ZERO));
    }

    /**
     * {@code x Phi(x)} with Phi the normal distribution. With a = |x| it is {@code max(x, 0) - a Phi(-a)}, and 2 Phi(-a) is
     * the fourth power of a polynomial: no division, no exponential. At most 1.7e-7 |x| off, that is 1.7e-7 in Phi; relative
     * to the result, 8 ulp from -1 up, and no bound in the far left: zero from {@link #GELU_END} on. Negative zero for
     * negative infinity, NaN for NaN.
     */
    static FloatVector gelu(FloatVector x) {
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
        return a.mul(-0.5f).fma(p, relu).blend(relu, a.compare(VectorOperators.GE, GELU_END));
    }

    /**
     * The derivative of {@link #gelu}, {@code Phi(x) + x phi(x)} with phi the normal density: with a = |x|, 1/2 plus, or for
     * negative x minus, 1/2 - (Phi(-a) - a phi(a)). At most 1.8e-7 off; it crosses zero at x = -0.7518, so its relative
     * error has no bound there. 0 and 1 for the infinities, NaN for NaN.
     */
    static FloatVector geluSlope(FloatVector x) {
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
        return withSign(twice, x).fma(half, half);
    }

    /** A number that is not negative, with the sign of another. */
    private static FloatVector withSign(FloatVector size, FloatVector sign) {
        return sign.reinterpretAsInts().and(SIGN).or(size.reinterpretAsInts()).reinterpretAsFloats();
    }

    /** exp(r) for |r| <= ln 2 / 2. */
    private static FloatVector expReduced(FloatVector r) {
        FloatVector p = r.fma(FloatVector.broadcast(SPECIES, E6), FloatVector.broadcast(SPECIES, E5));
        p = p.fma(r, FloatVector.broadcast(SPECIES, E4));
        p = p.fma(r, FloatVector.broadcast(SPECIES, E3));
        p = p.fma(r, FloatVector.broadcast(SPECIES, E2));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
        return p.fma(r, FloatVector.broadcast(SPECIES, 1f));
    }
}
