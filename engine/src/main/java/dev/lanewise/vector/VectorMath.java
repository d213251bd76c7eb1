package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
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

    // Rational minimax on 0..14.6 for W(a) = erfc(a / sqrt(2)) exp(a^2 / 2) / 2, Mills' ratio over sqrt(2 pi); relative
    // error 1.4e-8. All coefficients are positive, so nothing cancels.
    private static final float P1 = 0x1.c04d94p-2f;
    private static final float P2 = 0x1.766f12p-3f;
    private static final float P3 = 0x1.4ba872p-5f;
    private static final float P4 = 0x1.0c1e68p-8f;
    private static final float Q1 = 0x1.ac68f8p+0f;
    private static final float Q2 = 0x1.336de4p+0f;
    private static final float Q3 = 0x1.dfa14cp-2f;
    private static final float Q4 = 0x1.9fb2bcp-4f;
    private static final float Q5 = 0x1.50087ap-7f;

    /** From here up, {@code a * Phi(-a)} rounds to zero. */
    private static final float GELU_ZERO = 14.356069f;

    /** From here up, {@code a * phi(a) - Phi(-a)} rounds to zero. */
    private static final float GELU_SLOPE_ZERO = 14.541349f;

    private static final float ONE_OVER_SQRT_2_PI = 0.398942280f;

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
     * {@code x Phi(x)} with Phi the normal distribution. With a = |x| it is {@code max(x, 0) - a Phi(-a)}, where Phi(-a)
     * comes from Mills' ratio rather than from 1 - erf, so that the tail keeps its relative accuracy. At
     * most 6.3 ulp off, on the left; 1.3 ulp from 1 on. Negative zero for negative infinity, NaN for NaN.
     */
    static FloatVector gelu(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector square = a.mul(a);
        FloatVector mills = millsNumerator(a).mul(a).div(millsDenominator(a));
        FloatVector relu = x.blend(-0f, x.compare(VectorOperators.LT, 0f));
        return gaussianScaled(a, square)
                .mul(mills)
                .fma(FloatVector.broadcast(SPECIES, -DESCALE), relu)
                .blend(relu, a.compare(VectorOperators.GE, GELU_ZERO));
    }

    /**
     * The derivative of {@link #gelu}, {@code Phi(x) + x phi(x)} with phi the normal density. At most 1.2 ulp of 1 off; it
     * crosses zero at x = -0.7518, so its relative error has no bound there. 0 and 1 for the infinities, NaN for NaN.
     */
    static FloatVector geluSlope(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector square = a.mul(a);
        FloatVector w = millsNumerator(a).div(millsDenominator(a));
        VectorMask<Float> right = x.compare(VectorOperators.GE, 0f);
        FloatVector step = FloatVector.zero(SPECIES).blend(1f, right);
        FloatVector sign = FloatVector.broadcast(SPECIES, DESCALE).blend(-DESCALE, right);
        return a.fma(FloatVector.broadcast(SPECIES, -ONE_OVER_SQRT_2_PI), w)
                .mul(gaussianScaled(a, square))
                .fma(sign, step)
                .blend(step, a.compare(VectorOperators.GE, GELU_SLOPE_ZERO));
    }

    /**
     * exp(-a^2 / 2) times {@link #SCALE} for a within 0..14.6. The square that is passed is rounded and good enough to
     * find n; r is taken from the exact one, or its error would grow with a^2.
     */
    private static FloatVector gaussianScaled(FloatVector a, FloatVector square) {
        FloatVector biased = square.fma(FloatVector.broadcast(SPECIES, -0.5f * LOG2_E),
                FloatVector.broadcast(SPECIES, ROUNDER));
        FloatVector n = biased.sub(ROUNDER);
        FloatVector r = a.mul(-0.5f).fma(a, n.mul(-LN2_HIGH));
        r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
        FloatVector power = biased.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        return expReduced(r).mul(power);
    }

    private static FloatVector millsNumerator(FloatVector a) {
        FloatVector p = a.fma(FloatVector.broadcast(SPECIES, P4), FloatVector.broadcast(SPECIES, P3));
        p = p.fma(a, FloatVector.broadcast(SPECIES, P2));
        p = p.fma(a, FloatVector.broadcast(SPECIES, P1));
        return p.fma(a, FloatVector.broadcast(SPECIES, 0.5f));
    }

    private static FloatVector millsDenominator(FloatVector a) {
        FloatVector q = a.fma(FloatVector.broadcast(SPECIES, Q5), FloatVector.broadcast(SPECIES, Q4));
        q = q.fma(a, FloatVector.broadcast(SPECIES, Q3));
        q = q.fma(a, FloatVector.broadcast(SPECIES, Q2));
        q = q.fma(a, FloatVector.broadcast(SPECIES, Q1));
        return q.fma(a, FloatVector.broadcast(SPECIES, 1f));
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
