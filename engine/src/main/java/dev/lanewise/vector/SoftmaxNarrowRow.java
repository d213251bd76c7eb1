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
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * The passes of softmax over a narrow row: one whose elements are all at most {@link #NARROW} in magnitude, as scores and
 * logits are. No exponential of it underflows and none is NaN, so nothing is compared with a bound, and the power of two is
 * added to the exponent instead of multiplied with: three instructions of the fifteen less, all of them on the ports that
 * multiply. The bits are those of {@link SoftmaxRow#expAndSum}.
 *
 * <p>Whether a row is narrow is found out on the way, in the pass that looks for its maximum. That pass waits for its loads,
 * so it costs nothing.
 */
final class SoftmaxNarrowRow {
    /** Two such elements are at most 100 apart: the exponential of that, times {@link VectorMath#SCALE}, is a normal float. */
    private static final float NARROW = 50f;

    static final int NARROW_BITS = Float.floatToRawIntBits(NARROW);

    /** As {@link VectorMath#ROUNDER}, for a power that is added to an exponent, which has its bias already. */
    static final float ROUNDER = VectorMath.ROUNDER - 127;

    private SoftmaxNarrowRow() {}

    /** What a look at a row yields, in one number: its greatest element and whether it is narrow. */
    static long look(float max, boolean narrow) {
        return (long) Float.floatToRawIntBits(max) << 1 | (narrow ? 1 : 0);
    }

    /** The greatest element of a row that was looked at. */
    static float max(long look) {
        return Float.intBitsToFloat((int) (look >> 1));
    }

    /** Whether the row that was looked at is narrow. */
    static boolean narrow(long look) {
        return (look & 1) != 0;
    }

    /**
     * {@code y = factor * y} for one row and a look at x, one further on. The multiplication passes over a row in the L1
     * cache while x arrives from memory.
     */
    static long scaleAndMax(int n, float factor, float[] y, int yOffset, float[] x, int xOffset) {
        FloatVector vFactor = FloatVector.broadcast(SPECIES, factor);
        FloatVector max0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max1 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max2 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max3 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        IntVector size0 = IntVector.zero(Lanes.INTS);
        IntVector size1 = IntVector.zero(Lanes.INTS);
        IntVector magnitude = IntVector.broadcast(Lanes.INTS, ~VectorMath.SIGN);
        int i = 0;
        for (int bound = Lanes.bound4(n); i < bound; i += 4 * LANES) {
            FloatVector v0 = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector v1 = FloatVector.fromArray(SPECIES, x, xOffset + i + LANES);
            FloatVector v2 = FloatVector.fromArray(SPECIES, x, xOffset + i + 2 * LANES);
            FloatVector v3 = FloatVector.fromArray(SPECIES, x, xOffset + i + 3 * LANES);
            max0 = max0.blend(v0, v0.compare(GT, max0));
            max1 = max1.blend(v1, v1.compare(GT, max1));
            max2 = max2.blend(v2, v2.compare(GT, max2));
            max3 = max3.blend(v3, v3.compare(GT, max3));
            size0 = size0.max(v0.reinterpretAsInts().and(magnitude));
            size1 = size1.max(v1.reinterpretAsInts().and(magnitude));
            size0 = size0.max(v2.reinterpretAsInts().and(magnitude));
            size1 = size1.max(v3.reinterpretAsInts().and(magnitude));
            FloatVector.fromArray(SPECIES, y, yOffset + i).mul(vFactor).intoArray(y, yOffset + i);
            FloatVector.fromArray(SPECIES, y, yOffset + i + LANES).mul(vFactor).intoArray(y, yOffset + i + LANES);
            FloatVector.fromArray(SPECIES, y, yOffset + i + 2 * LANES).mul(vFactor)
                    .intoArray(y, yOffset + i + 2 * LANES);
            FloatVector.fromArray(SPECIES, y, yOffset + i + 3 * LANES).mul(vFactor)
                    .intoArray(y, yOffset + i + 3 * LANES);
        }
        for (; i < n; i += LANES) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i, mask);
            max0 = max0.blend(v, v.compare(GT, max0, mask));
            size0 = size0.max(v.reinterpretAsInts().and(magnitude));
            FloatVector.fromArray(SPECIES, y, yOffset + i, mask).mul(vFactor).intoArray(y, yOffset + i, mask);
        }
        // Bits of magnitudes are in the order of the magnitudes, those of NaN behind all others.
        boolean narrow = size0.max(size1).compare(LE, NARROW_BITS).allTrue();
        max0 = max0.blend(max1, max1.compare(GT, max0));
        max2 = max2.blend(max3, max3.compare(GT, max2));
        max0 = max0.blend(max2, max2.compare(GT, max0));
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
        float max = Math.max(max0.lane(0), max0.lane(1));
        return look(max, narrow);
    }

    /** As {@link SoftmaxRow#expAndSum}, for a narrow row. */
    static float expAndSum(int n, float max, float[] x, int xOffset, float[] y, int yOffset) {
        FloatVector log2E = FloatVector.broadcast(SPECIES, VectorMath.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(SPECIES, ROUNDER);
        FloatVector ln2 = FloatVector.broadcast(SPECIES, -SoftmaxRow.LN2);
        FloatVector e1 = FloatVector.broadcast(SPECIES, SoftmaxRow.E1);
        FloatVector e2 = FloatVector.broadcast(SPECIES, SoftmaxRow.E2);
        FloatVector e3 = FloatVector.broadcast(SPECIES, SoftmaxRow.E3);
        FloatVector e4 = FloatVector.broadcast(SPECIES, SoftmaxRow.E4);
        FloatVector e5 = FloatVector.broadcast(SPECIES, SoftmaxRow.E5);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector sum = FloatVector.zero(SPECIES);
        int i = 0;
        int bound = Lanes.bound(n);
        if (bound >= 2 * LANES) {
            // Two loads ahead of the stores: y often lies a few bytes behind x, but for a multiple of 4096, as arrays made one
            // after the other do, and a load waits for an earlier store to an address of the same low bits.
            FloatVector first = FloatVector.fromArray(SPECIES, x, xOffset);
            FloatVector second = FloatVector.fromArray(SPECIES, x, xOffset + LANES);
            for (; i < bound; i += LANES) {
                FloatVector v = first.sub(max);
                first = second;
                second = FloatVector.fromArray(SPECIES, x, xOffset + Math.min(i + 2 * LANES, bound - LANES));
                FloatVector biased = v.fma(log2E, rounder);
                FloatVector r = biased.sub(rounder).fma(ln2, v);
                FloatVector p = r.fma(e5, e4).fma(r, e3).fma(r, e2).fma(r, e1).fma(r, one);
                FloatVector e = p.reinterpretAsInts().add(biased.reinterpretAsInts().lanewise(LSHL, 23))
                        .reinterpretAsFloats();
                sum = sum.add(e);
                e.intoArray(y, yOffset + i);
            }
        }
        for (; i < bound; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(max);
            FloatVector biased = v.fma(log2E, rounder);
            FloatVector r = biased.sub(rounder).fma(ln2, v);
            FloatVector p = r.fma(e5, e4).fma(r, e3).fma(r, e2).fma(r, e1).fma(r, one);
            FloatVector e = p.reinterpretAsInts().add(biased.reinterpretAsInts().lanewise(LSHL, 23))
                    .reinterpretAsFloats();
            sum = sum.add(e);
            e.intoArray(y, yOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(max);
            FloatVector biased = v.fma(log2E, rounder);
            FloatVector r = biased.sub(rounder).fma(ln2, v);
            FloatVector p = r.fma(e5, e4).fma(r, e3).fma(r, e2).fma(r, e1).fma(r, one);
            FloatVector e = p.reinterpretAsInts().add(biased.reinterpretAsInts().lanewise(LSHL, 23))
                    .reinterpretAsFloats();
            sum = sum.add(e, mask);
            e.intoArray(y, yOffset + i, mask);
        }
        FloatVector total = sum;
        total = LANES > 8 ? total.add(total.rearrange(BY_8)) : total;
        total = LANES > 4 ? total.add(total.rearrange(BY_4)) : total;
        total = total.add(total.rearrange(BY_2));
        return total.lane(0) + total.lane(1);
    }

    /** A look at a row beside which none is divided: the first ones. */
    static long look(int n, float[] x, int offset) {
        FloatVector max0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector max1 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        IntVector size0 = IntVector.zero(Lanes.INTS);
        IntVector size1 = IntVector.zero(Lanes.INTS);
        IntVector magnitude = IntVector.broadcast(Lanes.INTS, ~VectorMath.SIGN);
        int i = 0;
        for (int bound = n & -2 * LANES; i < bound; i += 2 * LANES) {
            FloatVector v0 = FloatVector.fromArray(SPECIES, x, offset + i);
            FloatVector v1 = FloatVector.fromArray(SPECIES, x, offset + i + LANES);
            max0 = max0.blend(v0, v0.compare(GT, max0));
            max1 = max1.blend(v1, v1.compare(GT, max1));
            size0 = size0.max(v0.reinterpretAsInts().and(magnitude));
            size1 = size1.max(v1.reinterpretAsInts().and(magnitude));
        }
        for (; i < n; i += LANES) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i, mask);
            max0 = max0.blend(v, v.compare(GT, max0, mask));
            size0 = size0.max(v.reinterpretAsInts().and(magnitude));
        }
        boolean narrow = size0.max(size1).compare(LE, NARROW_BITS).allTrue();
        max0 = max0.blend(max1, max1.compare(GT, max0));
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
        return look(Math.max(max0.lane(0), max0.lane(1)), narrow);
    }
}
