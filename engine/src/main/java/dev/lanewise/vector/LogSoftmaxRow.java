package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The last pass over a row of log-softmax, and that of its gradient. */
final class LogSoftmaxRow {
    private LogSoftmaxRow() {}

    /** {@code y = x - max - logSum}: two steps, since the sum of the two may be large and would be rounded first. */
    static void shift(int n, float max, float logSum, float[] x, int xOffset, float[] y, int yOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).sub(max).sub(logSum).intoArray(y, yOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(max).sub(logSum).intoArray(y, yOffset + i, mask);
        }
    }

    /** {@code dX = dY - exp(y) * sum}. */
    static void gradient(
            int n, float sum, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        FloatVector factor = FloatVector.broadcast(SPECIES, -sum);
        // VectorMath.expScaled, written out: where it has been compiled by itself before, it stays a call and makes objects.
        FloatVector log2E = FloatVector.broadcast(SPECIES, VectorMath.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(SPECIES, VectorMath.ROUNDER);
        FloatVector ln2High = FloatVector.broadcast(SPECIES, -VectorMath.LN2_HIGH);
        FloatVector ln2Low = FloatVector.broadcast(SPECIES, -VectorMath.LN2_LOW);
        FloatVector e2 = FloatVector.broadcast(SPECIES, VectorMath.E2);
        FloatVector e3 = FloatVector.broadcast(SPECIES, VectorMath.E3);
        FloatVector e4 = FloatVector.broadcast(SPECIES, VectorMath.E4);
        FloatVector e5 = FloatVector.broadcast(SPECIES, VectorMath.E5);
        FloatVector e6 = FloatVector.broadcast(SPECIES, VectorMath.E6);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, y, yOffset + i);
            FloatVector biased = v.fma(log2E, rounder);
            FloatVector k = biased.sub(rounder);
            FloatVector r = k.fma(ln2Low, k.fma(ln2High, v));
            FloatVector p = r.fma(e6, e5).fma(r, e4).fma(r, e3).fma(r, e2).fma(r, one).fma(r, one);
            FloatVector e = p.mul(biased.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                    .blend(0f, v.compare(LE, VectorMath.EXP_ZERO));
            e.mul(VectorMath.DESCALE).fma(factor, FloatVector.fromArray(SPECIES, dY, dYOffset + i))
                    .intoArray(dX, dXOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector v = FloatVector.fromArray(SPECIES, y, yOffset + i, mask);
            FloatVector biased = v.fma(log2E, rounder);
            FloatVector k = biased.sub(rounder);
            FloatVector r = k.fma(ln2Low, k.fma(ln2High, v));
            FloatVector p = r.fma(e6, e5).fma(r, e4).fma(r, e3).fma(r, e2).fma(r, one).fma(r, one);
            FloatVector e = p.mul(biased.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                    .blend(0f, v.compare(LE, VectorMath.EXP_ZERO));
            e.mul(VectorMath.DESCALE).fma(factor, FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask))
                    .intoArray(dX, dXOffset + i, mask);
        }
    }
}
