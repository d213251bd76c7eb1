package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.VectorMath.DESCALE;
import static dev.lanewise.vector.VectorMath.E2;
import static dev.lanewise.vector.VectorMath.E3;
import static dev.lanewise.vector.VectorMath.E4;
import static dev.lanewise.vector.VectorMath.E5;
import static dev.lanewise.vector.VectorMath.E6;
import static dev.lanewise.vector.VectorMath.EXP_ZERO;
import static dev.lanewise.vector.VectorMath.LN2_HIGH;
import static dev.lanewise.vector.VectorMath.LN2_LOW;
import static dev.lanewise.vector.VectorMath.LOG2_E;
import static dev.lanewise.vector.VectorMath.ROUNDER;
import static dev.lanewise.vector.VectorMath.SIGN;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential, the logarithm, the hyperbolic tangent and the error function. Loops over full vectors: n is a multiple of their length. Everything is written out, since
 * the compiler stops inlining methods of ours where a kernel gets long, and a vector that crosses a call becomes an object.
 * Errors are measured as those of {@link VectorMath}.
 */
final class ElementaryLoops {
    /** Beyond, the exponential is above the largest float. */
    private static final float EXP_INFINITE = 89f;

    private static final int EXPONENT_BIAS = 127;
    private static final int MANTISSA_BITS = 23;
    private static final int SHIFTER_BITS = Float.floatToRawIntBits(0x1.8p23f);

    // Minimax for (tanh(a) - a) / a^3 in a^2, a up to 1/2; relative error of tanh 4e-10.
    private static final float TANH_SMALL = 0.5f;
    private static final float H0 = -0x1.555552p-2f;
    private static final float H1 = 0x1.110f60p-3f;
    private static final float H2 = -0x1.b99506p-5f;
    private static final float H3 = 0x1.5d4a92p-6f;
    private static final float H4 = -0x1.b5c192p-8f;

    // Minimax for erf(a) / a - 1 in a^2, a up to 1; relative error of erf 1.5e-9.
    private static final float ERF_SMALL = 0.9f;
    private static final float R0 = 0x1.06eba8p-3f;
    private static final float R1 = -0x1.81273ep-2f;
    private static final float R2 = 0x1.ce2ce6p-4f;
    private static final float R3 = -0x1.b7f71ap-6f;
    private static final float R4 = 0x1.53f224p-8f;
    private static final float R5 = -0x1.a3515ep-11f;
    private static final float R6 = 0x1.4771fep-14f;

    // Minimax for the fourth root of erfc(a) on 0.9..4, with the error of the fourth power, 1.3e-8, made small.
    private static final float ERF_ONE = 4f;
    private static final float C0 = 0x1.005476p+0f;
    private static final float C1 = -0x1.283f18p-2f;
    private static final float C2 = -0x1.a2585cp-4f;
    private static final float C3 = -0x1.e40d76p-8f;
    private static final float C4 = 0x1.2cfbd6p-5f;
    private static final float C5 = -0x1.3c7c22p-7f;
    private static final float C6 = -0x1.934c8ep-15f;
    private static final float C7 = 0x1.3ae312p-12f;
    private static final float C8 = -0x1.f79b32p-16f;

    private static final float TWO_OVER_SQRT_PI = 1.12837917f;

    /** From here up, {@code exp(-x * x)} rounds to zero. */
    private static final float ERF_SLOPE_ZERO = 10.2f;

    // Minimax for (log(1 + f) - f + f^2 / 2) / f^3 from sqrt(1/2) - 1 to sqrt(2) - 1; relative error of log 8e-10.
    private static final float G0 = 0x1.555548p-2f;
    private static final float G1 = -0x1.000006p-2f;
    private static final float G2 = 0x1.99a476p-3f;
    private static final float G3 = -0x1.555c44p-3f;
    private static final float G4 = 0x1.233ba2p-3f;
    private static final float G5 = -0x1.fc28cap-4f;
    private static final float G6 = 0x1.e6c00cp-4f;
    private static final float G7 = -0x1.de01e0p-4f;
    private static final float G8 = 0x1.14733ap-4f;

    private static final int SQRT_HALF_BITS = 0x3f3504f3;
    private static final float LOG_DENORMAL_SCALE = 0x1p23f;

    private ElementaryLoops() {}

    /**
     * exp(x). Zero from -103.97 down, infinity from ln of the largest float up, NaN for NaN. At most 0.91 ulp
     * off.
     */
    static void exp(int n, float[] in, int inOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            FloatVector shifter = FloatVector.broadcast(SPECIES, 0x1.8p23f);
            FloatVector biased = x.fma(FloatVector.broadcast(SPECIES, LOG2_E), shifter);
            FloatVector k0 = biased.sub(shifter);
            FloatVector r = k0.fma(FloatVector.broadcast(SPECIES, -LN2_LOW),
                    k0.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x));
            FloatVector p = r.fma(FloatVector.broadcast(SPECIES, E6), FloatVector.broadcast(SPECIES, E5));
            p = p.fma(r, FloatVector.broadcast(SPECIES, E4));
            p = p.fma(r, FloatVector.broadcast(SPECIES, E3));
            p = p.fma(r, FloatVector.broadcast(SPECIES, E2));
            p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
            p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
            // 2^k as a product of two, each of which is a normal float: the last multiplication rounds denormals once.
            IntVector k = biased.reinterpretAsInts().sub(SHIFTER_BITS);
            IntVector half = k.lanewise(VectorOperators.ASHR, 1);
            IntVector rest = k.sub(half);
            p.mul(half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats())
                    .mul(rest.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats())
                    .blend(0f, x.compare(VectorOperators.LE, EXP_ZERO))
                    .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GE, EXP_INFINITE))
                    .intoArray(out, outOffset + i);
        }
    }

    /**
     * The natural logarithm: {@code x = 2^k (1 + f)} with 1 + f within a factor sqrt(2) of 1, hence {@code log(x)
     * = k ln 2 + log(1 + f)}. Negative infinity for zeros, NaN for NaN and below zero, infinity stays. At most
     * 0.91 ulp off.
     */
    static void log(int n, float[] in, int inOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            VectorMask<Float> denormal = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
            IntVector bits = x.blend(x.mul(LOG_DENORMAL_SCALE), denormal).reinterpretAsInts();
            IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
            FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS)).reinterpretAsFloats()
                    .sub(1f);
            // The integer in the low bits of 1.5 * 2^23, as in the exponential, but the other way round.
            FloatVector k = exponent.add(SHIFTER_BITS).reinterpretAsFloats()
                    .sub(FloatVector.broadcast(SPECIES, 0x1.8p23f).blend(0x1.8p23f + MANTISSA_BITS, denormal));
            FloatVector p = f.fma(FloatVector.broadcast(SPECIES, G8), FloatVector.broadcast(SPECIES, G7));
            p = p.fma(f, FloatVector.broadcast(SPECIES, G6));
            p = p.fma(f, FloatVector.broadcast(SPECIES, G5));
            p = p.fma(f, FloatVector.broadcast(SPECIES, G4));
            p = p.fma(f, FloatVector.broadcast(SPECIES, G3));
            p = p.fma(f, FloatVector.broadcast(SPECIES, G2));
            p = p.fma(f, FloatVector.broadcast(SPECIES, G1));
            p = p.fma(f, FloatVector.broadcast(SPECIES, G0));
            FloatVector low = p.mul(f).sub(0.5f).mul(f.mul(f));
            low = k.fma(FloatVector.broadcast(SPECIES, LN2_LOW), low).add(f);
            k.fma(FloatVector.broadcast(SPECIES, LN2_HIGH), low)
                    .blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f))
                    .blend(Float.NaN, x.compare(VectorOperators.LT, 0f))
                    .blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY))
                    .blend(x, x.compare(VectorOperators.NE, x))
                    .intoArray(out, outOffset + i);
        }
    }

    /**
     * The hyperbolic tangent: {@code (1 - e) / (1 + e)} with {@code e = exp(-2 |x|)}, and a polynomial below 1/2,
     * where that cancels. -1 and 1 for the infinities, NaN for NaN, zeros stay. At most 2.5 ulp off.
     */
    static void tanh(int n, float[] in, int inOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            FloatVector a = x.abs();
            FloatVector v = a.mul(-2f);
            FloatVector biased = v.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUNDER));
            FloatVector k0 = biased.sub(ROUNDER);
            FloatVector r = k0.fma(FloatVector.broadcast(SPECIES, -LN2_LOW),
                    k0.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), v));
            FloatVector e = r.fma(FloatVector.broadcast(SPECIES, E6), FloatVector.broadcast(SPECIES, E5));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E4));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E3));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E2));
            e = e.fma(r, FloatVector.broadcast(SPECIES, 1f));
            e = e.fma(r, FloatVector.broadcast(SPECIES, 1f));
            e = e.mul(biased.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .blend(0f, v.compare(VectorOperators.LE, EXP_ZERO));
            e = e.mul(DESCALE);
            FloatVector one = FloatVector.broadcast(SPECIES, 1f);
            FloatVector u = a.mul(a);
            FloatVector p = u.fma(FloatVector.broadcast(SPECIES, H4), FloatVector.broadcast(SPECIES, H3));
            p = p.fma(u, FloatVector.broadcast(SPECIES, H2));
            p = p.fma(u, FloatVector.broadcast(SPECIES, H1));
            p = p.fma(u, FloatVector.broadcast(SPECIES, H0));
            FloatVector size = one.sub(e)
                    .div(one.add(e))
                    .blend(p.mul(u).fma(a, a), a.compare(VectorOperators.LT, TANH_SMALL));
            x.reinterpretAsInts().and(SIGN).or(size.reinterpretAsInts()).reinterpretAsFloats().intoArray(out,
                    outOffset + i);
        }
    }

    /**
     * The error function: {@code x + x R(x^2)} up to 0.9, from there {@code 1 - erfc}, which is the fourth power
     * of a polynomial. -1 and 1 for the infinities, NaN for NaN, zeros stay. At most 1.9 ulp off.
     */
    static void erf(int n, float[] in, int inOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            FloatVector a = x.abs();
            FloatVector u = a.mul(a);
            FloatVector r = u.fma(FloatVector.broadcast(SPECIES, R6), FloatVector.broadcast(SPECIES, R5));
            r = r.fma(u, FloatVector.broadcast(SPECIES, R4));
            r = r.fma(u, FloatVector.broadcast(SPECIES, R3));
            r = r.fma(u, FloatVector.broadcast(SPECIES, R2));
            r = r.fma(u, FloatVector.broadcast(SPECIES, R1));
            r = r.fma(u, FloatVector.broadcast(SPECIES, R0));
            FloatVector c = a.fma(FloatVector.broadcast(SPECIES, C8), FloatVector.broadcast(SPECIES, C7));
            c = c.fma(a, FloatVector.broadcast(SPECIES, C6));
            c = c.fma(a, FloatVector.broadcast(SPECIES, C5));
            c = c.fma(a, FloatVector.broadcast(SPECIES, C4));
            c = c.fma(a, FloatVector.broadcast(SPECIES, C3));
            c = c.fma(a, FloatVector.broadcast(SPECIES, C2));
            c = c.fma(a, FloatVector.broadcast(SPECIES, C1));
            c = c.fma(a, FloatVector.broadcast(SPECIES, C0));
            c = c.mul(c);
            FloatVector one = FloatVector.broadcast(SPECIES, 1f);
            FloatVector size = one.sub(c.mul(c))
                    .blend(one, a.compare(VectorOperators.GE, ERF_ONE))
                    .blend(r.fma(a, a), a.compare(VectorOperators.LT, ERF_SMALL));
            x.reinterpretAsInts().and(SIGN).or(size.reinterpretAsInts()).reinterpretAsFloats().intoArray(out,
                    outOffset + i);
        }
    }

    /**
     * dY times the derivative of {@link #erf}, {@code 2 / sqrt(pi) exp(-x^2)}. 0 for the infinities, NaN for NaN.
     * At most 3.5 ulp off.
     */
    static void erfBackward(
            int n, float[] in, int inOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector v = x.mul(x).mul(-1f);
            // What the square lost in rounding, which would grow with it: exp(v - d) is exp(v) (1 - d).
            FloatVector lost = x.fma(x, v);
            FloatVector biased = v.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUNDER));
            FloatVector k0 = biased.sub(ROUNDER);
            FloatVector r = k0.fma(FloatVector.broadcast(SPECIES, -LN2_LOW),
                    k0.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), v));
            FloatVector e = r.fma(FloatVector.broadcast(SPECIES, E6), FloatVector.broadcast(SPECIES, E5));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E4));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E3));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E2));
            e = e.fma(r, FloatVector.broadcast(SPECIES, 1f));
            e = e.fma(r, FloatVector.broadcast(SPECIES, 1f));
            e = e.mul(biased.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .blend(0f, v.compare(VectorOperators.LE, EXP_ZERO));
            e.mul(FloatVector.broadcast(SPECIES, 1f).sub(lost))
                    .mul(DESCALE)
                    .mul(TWO_OVER_SQRT_PI)
                    .blend(0f, x.abs().compare(VectorOperators.GE, ERF_SLOPE_ZERO))
                    .mul(g).intoArray(dX, dXOffset + i);
        }
    }
}
