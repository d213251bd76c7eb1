package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.BY_2;
import static dev.lanewise.vector.Lanes.BY_4;
import static dev.lanewise.vector.Lanes.BY_8;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The passes over one row that softmax and cross-entropy are made of. A row stays in the L1 cache between them, so it is
 * read from memory once. Exponentials are {@link VectorMath#SCALE} times too large here; the division by their sum, which
 * is as much too large, ends that.
 */
final class SoftmaxRow {
    /**
     * Subtracted in one step: the float is 1.9e-9 above ln 2, which moves a result by a relative 1.9e-9 for each halving,
     * a twentieth of what the rounding of {@code x - max} does to one so far from the maximum.
     */
    static final float LN2 = 0x1.62e43p-1f;

    // Minimax for exp(r) on +-ln 2 / 2 with the constant 1 and the others rounded to float one after the other; relative
    // error 9.2e-8, 0.8 eps: one term less than in VectorMath, since softmax promises 10 eps.
    static final float E1 = 0x1.fffff6p-1f;
    static final float E2 = 0x1.fffdc4p-2f;
    static final float E3 = 0x1.555a7ep-3f;
    static final float E4 = 0x1.573ad8p-5f;
    static final float E5 = 0x1.0fa15ep-7f;

    private SoftmaxRow() {}

    /** The greatest of n elements; NaN is passed over. Negative infinity if there is no other element. */
    static float max(int n, float[] x, int offset) {
        FloatVector max0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max1 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max2 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max3 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max4 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max5 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max6 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max7 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (int bound = n & -8 * LANES; i < bound; i += 8 * LANES) {
            FloatVector v0 = FloatVector.fromArray(SPECIES, x, offset + i);
            FloatVector v1 = FloatVector.fromArray(SPECIES, x, offset + i + LANES);
            FloatVector v2 = FloatVector.fromArray(SPECIES, x, offset + i + 2 * LANES);
            FloatVector v3 = FloatVector.fromArray(SPECIES, x, offset + i + 3 * LANES);
            FloatVector v4 = FloatVector.fromArray(SPECIES, x, offset + i + 4 * LANES);
            FloatVector v5 = FloatVector.fromArray(SPECIES, x, offset + i + 5 * LANES);
            FloatVector v6 = FloatVector.fromArray(SPECIES, x, offset + i + 6 * LANES);
            FloatVector v7 = FloatVector.fromArray(SPECIES, x, offset + i + 7 * LANES);
            max0 = max0.blend(v0, v0.compare(GT, max0));
            max1 = max1.blend(v1, v1.compare(GT, max1));
            max2 = max2.blend(v2, v2.compare(GT, max2));
            max3 = max3.blend(v3, v3.compare(GT, max3));
            max4 = max4.blend(v4, v4.compare(GT, max4));
            max5 = max5.blend(v5, v5.compare(GT, max5));
            max6 = max6.blend(v6, v6.compare(GT, max6));
            max7 = max7.blend(v7, v7.compare(GT, max7));
        }
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i);
            max0 = max0.blend(v, v.compare(GT, max0));
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i, mask);
            max1 = max1.blend(v, v.compare(GT, max1, mask));
        }
        max0 = max0.blend(max4, max4.compare(GT, max0));
        max1 = max1.blend(max5, max5.compare(GT, max1));
        max2 = max2.blend(max6, max6.compare(GT, max2));
        max3 = max3.blend(max7, max7.compare(GT, max3));
        max0 = max0.blend(max2, max2.compare(GT, max0));
        max1 = max1.blend(max3, max3.compare(GT, max1));
        max0 = max0.blend(max1, max1.compare(GT, max0));
        // The greatest lane. Written out: a method for it would stay a call here, and its argument be an object.
        if (LANES > 8) {
            max1 = max0.rearrange(BY_8);
            max0 = max0.blend(max1, max1.compare(GT, max0));
        }
        if (LANES > 4) {
            max1 = max0.rearrange(BY_4);
            max0 = max0.blend(max1, max1.compare(GT, max0));
        }
        max1 = max0.rearrange(BY_2);
        max0 = max0.blend(max1, max1.compare(GT, max0));
        return Math.max(max0.lane(0), max0.lane(1));
    }

    /**
     * {@code y = exp(x - max)}, scaled; returns the sum of it, scaled. A NaN in x makes the sum NaN. Where y is null, only
     * the sum is computed.
     */
    static float expAndSum(int n, float max, float[] x, int xOffset, float[] y, int yOffset) {
        // In the manner of VectorMath.expScaled, written out: in a method of this size it would end up as a call.
        FloatVector log2E = FloatVector.broadcast(SPECIES, VectorMath.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(SPECIES, VectorMath.ROUNDER);
        FloatVector ln2 = FloatVector.broadcast(SPECIES, -LN2);
        FloatVector e1 = FloatVector.broadcast(SPECIES, E1);
        FloatVector e2 = FloatVector.broadcast(SPECIES, E2);
        FloatVector e3 = FloatVector.broadcast(SPECIES, E3);
        FloatVector e4 = FloatVector.broadcast(SPECIES, E4);
        FloatVector e5 = FloatVector.broadcast(SPECIES, E5);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector sum = FloatVector.zero(SPECIES);
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(max);
            FloatVector biased = v.fma(log2E, rounder);
            FloatVector r = biased.sub(rounder).fma(ln2, v);
            FloatVector p = r.fma(e5, e4).fma(r, e3).fma(r, e2).fma(r, e1).fma(r, one);
            FloatVector e = p.mul(biased.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                    .blend(0f, v.compare(LE, VectorMath.EXP_ZERO));
            sum = sum.add(e);
            if (y != null) {
                e.intoArray(y, yOffset + i);
            }
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(max);
            FloatVector biased = v.fma(log2E, rounder);
            FloatVector r = biased.sub(rounder).fma(ln2, v);
            FloatVector p = r.fma(e5, e4).fma(r, e3).fma(r, e2).fma(r, e1).fma(r, one);
            FloatVector e = p.mul(biased.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
                    .blend(0f, v.compare(LE, VectorMath.EXP_ZERO));
            sum = sum.add(e, mask);
            if (y != null) {
                e.intoArray(y, yOffset + i, mask);
            }
        }
        // Lanes.sum, written out: in a method of this size it would be a call, and its argument an object.
        FloatVector total = sum;
        total = LANES > 8 ? total.add(total.rearrange(BY_8)) : total;
        total = LANES > 4 ? total.add(total.rearrange(BY_4)) : total;
        total = total.add(total.rearrange(BY_2));
        return total.lane(0) + total.lane(1);
    }

    /** {@code y = factor * y}. */
    static void scale(int n, float factor, float[] y, int yOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, y, yOffset + i).mul(factor).intoArray(y, yOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector.fromArray(SPECIES, y, yOffset + i, mask).mul(factor).intoArray(y, yOffset + i, mask);
        }
    }

    /** {@code sum of a * b}. */
    static float dot(int n, float[] a, int aOffset, float[] b, int bOffset) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        FloatVector sum2 = FloatVector.zero(SPECIES);
        FloatVector sum3 = FloatVector.zero(SPECIES);
        int i = 0;
        for (int bound = Lanes.bound4(n); i < bound; i += 4 * LANES) {
            sum0 = FloatVector.fromArray(SPECIES, a, aOffset + i).fma(FloatVector.fromArray(SPECIES, b, bOffset + i),
                    sum0);
            sum1 = FloatVector.fromArray(SPECIES, a, aOffset + i + LANES)
                    .fma(FloatVector.fromArray(SPECIES, b, bOffset + i + LANES), sum1);
            sum2 = FloatVector.fromArray(SPECIES, a, aOffset + i + 2 * LANES)
                    .fma(FloatVector.fromArray(SPECIES, b, bOffset + i + 2 * LANES), sum2);
            sum3 = FloatVector.fromArray(SPECIES, a, aOffset + i + 3 * LANES)
                    .fma(FloatVector.fromArray(SPECIES, b, bOffset + i + 3 * LANES), sum3);
        }
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            sum0 = FloatVector.fromArray(SPECIES, a, aOffset + i).fma(FloatVector.fromArray(SPECIES, b, bOffset + i),
                    sum0);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            sum1 = FloatVector.fromArray(SPECIES, a, aOffset + i, mask)
                    .fma(FloatVector.fromArray(SPECIES, b, bOffset + i, mask), sum1);
        }
        // Lanes.sum, written out: in a method of this size it would be a call, and its argument an object.
        FloatVector total = sum0.add(sum1).add(sum2.add(sum3));
        total = LANES > 8 ? total.add(total.rearrange(BY_8)) : total;
        total = LANES > 4 ? total.add(total.rearrange(BY_4)) : total;
        total = total.add(total.rearrange(BY_2));
        return total.lane(0) + total.lane(1);
    }

    /** {@code dX = y * (dY - dot)}. */
    static void gradient(
            int n, float dot, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, dY, dYOffset + i).sub(dot)
                    .mul(FloatVector.fromArray(SPECIES, y, yOffset + i)).intoArray(dX, dXOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask)
                    .sub(dot)
                    .mul(FloatVector.fromArray(SPECIES, y, yOffset + i, mask))
                    .intoArray(dX, dXOffset + i, mask);
        }
    }
}
