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

    /** The bit of the sign; alone, negative zero. */
    static final int SIGN = 0x80000000;

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
