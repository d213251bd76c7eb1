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
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The logistic sigmoid {@code 1 / (1 + exp(-v))} and the functions {@code x sigmoid(v(x))} with an odd v: SiLU, where v is
 * x, and the tanh form of GELU, since {@code (1 + tanh(z)) / 2 = sigmoid(2 z)}. All are computed from
 * {@code e = exp(-|v|)}, which can't overflow, with one division. Loops over full vectors: n is a multiple of their length. Everything is written out, since
 * the compiler stops inlining methods of ours where a kernel gets long, and a vector that crosses a call becomes an object.
 * Errors are measured as those of {@link VectorMath}.
 */
final class SigmoidLoops {
    /** {@code 2 sqrt(2 / pi)}. */
    private static final float GATE1 = 1.59576912f;

    /** {@code 0.044715 * 2 sqrt(2 / pi)}. */
    private static final float GATE3 = 0.0713548163f;

    /** From here down, {@code x exp(v)} rounds to zero for all x that have such a v. */
    private static final float GATE_ZERO = -109f;

    private SigmoidLoops() {}

    /**
     * {@code sigmoid(x)}. 0 and 1 for the infinities, NaN for NaN. At most 2.5 ulp off.
     */
    static void sigmoid(int n, float[] in, int inOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            // -|x|, with the NaN that it may be.
            FloatVector v = x.reinterpretAsInts().or(SIGN).reinterpretAsFloats();
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
            one.blend(e, x.compare(VectorOperators.LT, 0f)).div(e.add(one)).intoArray(out, outOffset + i);
        }
    }

    /**
     * {@code x sigmoid(v)}, with v = x or {@code sqrt(8 / pi) (x + 0.044715 x^3)}. SiLU is at most 3.4 ulp off down to -103.97 and zero below,
     * the tanh form of GELU 1.3e-7 |x|. Negative zero for negative infinity, NaN for NaN.
     */
    static void gated(boolean cubic, int n, float[] in, int inOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            FloatVector v = x;
            if (cubic) {
                v = x.mul(x).fma(FloatVector.broadcast(SPECIES, GATE3), FloatVector.broadcast(SPECIES, GATE1)).mul(x);
            }
            FloatVector w = v.reinterpretAsInts().or(SIGN).reinterpretAsFloats();
            FloatVector biased = w.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUNDER));
            FloatVector k0 = biased.sub(ROUNDER);
            FloatVector r = k0.fma(FloatVector.broadcast(SPECIES, -LN2_LOW),
                    k0.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), w));
            FloatVector e = r.fma(FloatVector.broadcast(SPECIES, E6), FloatVector.broadcast(SPECIES, E5));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E4));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E3));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E2));
            e = e.fma(r, FloatVector.broadcast(SPECIES, 1f));
            e = e.fma(r, FloatVector.broadcast(SPECIES, 1f));
            e = e.mul(biased.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .blend(0f, w.compare(VectorOperators.LE, EXP_ZERO));
            FloatVector one = FloatVector.broadcast(SPECIES, 1f);
            VectorMask<Float> left = v.compare(VectorOperators.LT, 0f);
            // Left of zero the scale of the exponential is taken off last, where nothing gets lost.
            x.mul(one.blend(e, left))
                    .div(e.fma(FloatVector.broadcast(SPECIES, DESCALE), one))
                    .mul(one.blend(DESCALE, left))
                    .blend(-0f, v.compare(VectorOperators.LE, GATE_ZERO))
                    .intoArray(out, outOffset + i);
        }
    }

    /**
     * dY times the derivative of {@link #gated}, {@code sigmoid(v) + x sigmoid(v) sigmoid(-v) v'}. With d = 1 / (1
     * + e) it is {@code t = e d (1 - |x| v' d)} left of zero and {@code 1 - t} right of it. At most 1.2e-7 off
     * for SiLU and 1.4e-7 for the tanh form of GELU. 0 and 1 for the infinities, NaN for NaN.
     */
    static void gatedBackward(
            boolean cubic, int n, float[] in, int inOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, inOffset + i);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector v = x;
            FloatVector size = x.abs();
            if (cubic) {
                size = x.mul(x).fma(FloatVector.broadcast(SPECIES, 3 * GATE3), FloatVector.broadcast(SPECIES, GATE1))
                        .mul(size);
                v = x.mul(x).fma(FloatVector.broadcast(SPECIES, GATE3), FloatVector.broadcast(SPECIES, GATE1)).mul(x);
            }
            FloatVector w = v.reinterpretAsInts().or(SIGN).reinterpretAsFloats();
            FloatVector biased = w.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUNDER));
            FloatVector k0 = biased.sub(ROUNDER);
            FloatVector r = k0.fma(FloatVector.broadcast(SPECIES, -LN2_LOW),
                    k0.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), w));
            FloatVector e = r.fma(FloatVector.broadcast(SPECIES, E6), FloatVector.broadcast(SPECIES, E5));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E4));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E3));
            e = e.fma(r, FloatVector.broadcast(SPECIES, E2));
            e = e.fma(r, FloatVector.broadcast(SPECIES, 1f));
            e = e.fma(r, FloatVector.broadcast(SPECIES, 1f));
            e = e.mul(biased.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .blend(0f, w.compare(VectorOperators.LE, EXP_ZERO));
            e = e.mul(DESCALE);
            FloatVector one = FloatVector.broadcast(SPECIES, 1f);
            FloatVector d = one.div(e.add(one));
            FloatVector t = one.sub(size.mul(d)).mul(e.mul(d)).blend(0f, w.compare(VectorOperators.LE, GATE_ZERO));
            t.blend(one.sub(t), x.compare(VectorOperators.GE, 0f)).mul(g).intoArray(dX, dXOffset + i);
        }
    }
}
