package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;
import static dev.lanewise.vector.SoftmaxNarrowRow.ROUNDER;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The passes of softmax over two narrow rows at once, in one loop: their exponentials, a look at two later rows, and the
 * division of two earlier ones. So the instructions of one pass and row fill the gaps that the chains of the others leave,
 * and short rows have one loop to start instead of six.
 *
 * <p>A step leaves vectors of maxima and sums in memory, and {@link #across} makes numbers of them one step later: a vector
 * that crosses a cache line can be read back only when all stores before it are done, some hundred cycles later.
 */
final class SoftmaxPairRows {
    /** Where a step leaves the maxima of two rows, behind four cache lines that nobody uses; {@link #across}, its results. */
    static final int MAX = 64;

    /** The sums of two rows; {@link #across} makes {@code 1 / sum} of them. */
    static final int SUM = MAX + 2 * LANES;

    /** The greatest magnitudes in both rows. */
    private static final int SIZE = SUM + 2 * LANES;

    /** Floats that a step needs. */
    static final int STATE = SIZE + LANES + 64;

    /** Where the result of the second row is behind that of the first. */
    static final int SECOND = LANES / 2;

    private static final VectorMask<Float> UPPER_HALF = SPECIES.indexInRange(-SECOND, SECOND);

    // Lane i takes lane i + d or i - d, whichever is in the same group of 2 d lanes.
    private static final VectorShuffle<Float> SWAP_HALVES = swap(LANES / 2);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_1 = swap(1);

    private SoftmaxPairRows() {}

    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ distance) % LANES);
    }

    /**
     * {@code y = exp(x - max)}, scaled, for the rows at xOffset and the next one, a look at the rows that are so many
     * rows later, and {@code y = factor * y} for those as many rows earlier. Full vectors only; leaves maxima and sums in
     * the state.
     */
    static void step(int n, float max0, float max1, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy,
            int distance, float factor0, float factor1, float[] state) {
        FloatVector log2E = FloatVector.broadcast(SPECIES, VectorMath.LOG2_E);
        FloatVector rounder = FloatVector.broadcast(SPECIES, ROUNDER);
        FloatVector ln2 = FloatVector.broadcast(SPECIES, -SoftmaxRow.LN2);
        FloatVector e1 = FloatVector.broadcast(SPECIES, SoftmaxRow.E1);
        FloatVector e2 = FloatVector.broadcast(SPECIES, SoftmaxRow.E2);
        FloatVector e3 = FloatVector.broadcast(SPECIES, SoftmaxRow.E3);
        FloatVector e4 = FloatVector.broadcast(SPECIES, SoftmaxRow.E4);
        FloatVector e5 = FloatVector.broadcast(SPECIES, SoftmaxRow.E5);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        IntVector magnitude = IntVector.broadcast(Lanes.INTS, ~VectorMath.SIGN);
        IntVector size = IntVector.zero(Lanes.INTS);
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        FloatVector ahead0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector ahead1 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        int x0 = xOffset;
        int x1 = x0 + ldx;
        int y0 = yOffset;
        int y1 = y0 + ldy;
        int a0 = x0 + distance * ldx;
        int a1 = a0 + ldx;
        int d0 = y0 - distance * ldy;
        int d1 = d0 + ldy;
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += LANES) {
            // All loads before all stores: where rows are a multiple of 4096 bytes apart, a load waits for a store to an
            // address of the same low bits.
            FloatVector v0 = FloatVector.fromArray(SPECIES, x, x0 + i).sub(max0);
            FloatVector next0 = FloatVector.fromArray(SPECIES, x, a0 + i);
            FloatVector done0 = FloatVector.fromArray(SPECIES, y, d0 + i).mul(factor0);
            FloatVector v1 = FloatVector.fromArray(SPECIES, x, x1 + i).sub(max1);
            FloatVector next1 = FloatVector.fromArray(SPECIES, x, a1 + i);
            FloatVector done1 = FloatVector.fromArray(SPECIES, y, d1 + i).mul(factor1);
            ahead0 = ahead0.blend(next0, next0.compare(GT, ahead0));
            size = size.max(next0.reinterpretAsInts().and(magnitude));
            FloatVector biased0 = v0.fma(log2E, rounder);
            FloatVector r0 = biased0.sub(rounder).fma(ln2, v0);
            FloatVector p0 = r0.fma(e5, e4).fma(r0, e3).fma(r0, e2).fma(r0, e1).fma(r0, one);
            FloatVector exp0 = p0.reinterpretAsInts().add(biased0.reinterpretAsInts().lanewise(LSHL, 23))
                    .reinterpretAsFloats();
            sum0 = sum0.add(exp0);
            ahead1 = ahead1.blend(next1, next1.compare(GT, ahead1));
            size = size.max(next1.reinterpretAsInts().and(magnitude));
            FloatVector biased1 = v1.fma(log2E, rounder);
            FloatVector r1 = biased1.sub(rounder).fma(ln2, v1);
            FloatVector p1 = r1.fma(e5, e4).fma(r1, e3).fma(r1, e2).fma(r1, e1).fma(r1, one);
            FloatVector exp1 = p1.reinterpretAsInts().add(biased1.reinterpretAsInts().lanewise(LSHL, 23))
                    .reinterpretAsFloats();
            sum1 = sum1.add(exp1);
            done0.intoArray(y, d0 + i);
            exp0.intoArray(y, y0 + i);
            done1.intoArray(y, d1 + i);
            exp1.intoArray(y, y1 + i);
        }
        size.reinterpretAsFloats().intoArray(state, SIZE);
        ahead0.intoArray(state, MAX);
        ahead1.intoArray(state, MAX + LANES);
        sum0.intoArray(state, SUM);
        sum1.intoArray(state, SUM + LANES);
    }

    /** What {@link #step} does, for the partial vector at the end of its row k. */
    static void tail(int n, float max, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy, int distance,
            float factor, float[] state, int k) {
        int i = Lanes.bound(n);
        VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
        FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(max);
        FloatVector biased = v.fma(FloatVector.broadcast(SPECIES, VectorMath.LOG2_E),
                FloatVector.broadcast(SPECIES, ROUNDER));
        FloatVector r = biased.sub(ROUNDER).fma(FloatVector.broadcast(SPECIES, -SoftmaxRow.LN2), v);
        FloatVector p = r.fma(FloatVector.broadcast(SPECIES, SoftmaxRow.E5),
                FloatVector.broadcast(SPECIES, SoftmaxRow.E4));
        p = p.fma(r, FloatVector.broadcast(SPECIES, SoftmaxRow.E3));
        p = p.fma(r, FloatVector.broadcast(SPECIES, SoftmaxRow.E2));
        p = p.fma(r, FloatVector.broadcast(SPECIES, SoftmaxRow.E1));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
        FloatVector e = p.reinterpretAsInts().add(biased.reinterpretAsInts().lanewise(LSHL, 23)).reinterpretAsFloats();
        int sum = SUM + k * LANES;
        FloatVector.fromArray(SPECIES, state, sum).add(e, mask).intoArray(state, sum);
        e.intoArray(y, yOffset + i, mask);
        FloatVector next = FloatVector.fromArray(SPECIES, x, xOffset + distance * ldx + i, mask);
        FloatVector max0 = FloatVector.fromArray(SPECIES, state, MAX + k * LANES);
        max0.blend(next, next.compare(GT, max0, mask)).intoArray(state, MAX + k * LANES);
        FloatVector size = FloatVector.fromArray(SPECIES, state, SIZE);
        size.reinterpretAsInts().max(next.reinterpretAsInts().and(~VectorMath.SIGN)).reinterpretAsFloats()
                .intoArray(state, SIZE);
        int done = yOffset - distance * ldy + i;
        FloatVector.fromArray(SPECIES, y, done, mask).mul(factor).intoArray(y, done, mask);
    }

    /** Whether both rows that the step looked at are narrow. */
    static boolean narrow(float[] state) {
        return FloatVector.fromArray(SPECIES, state, SIZE).reinterpretAsInts().compare(LE, SoftmaxNarrowRow.NARROW_BITS)
                .allTrue();
    }

    /**
     * From vectors of maxima and sums to a maximum and {@code 1 / sum} a row, at {@link #MAX} and {@link #SUM} for the first
     * row, and {@link #SECOND} further on for the other. Halves are added in the order of {@link Lanes#sum}; from the second
     * step on, both rows are in one vector.
     */
    static void across(float[] state) {
        FloatVector max0 = FloatVector.fromArray(SPECIES, state, MAX);
        FloatVector max1 = FloatVector.fromArray(SPECIES, state, MAX + LANES);
        FloatVector other = max0.rearrange(SWAP_HALVES);
        max0 = max0.blend(other, other.compare(GT, max0));
        other = max1.rearrange(SWAP_HALVES);
        max1 = max1.blend(other, other.compare(GT, max1));
        FloatVector max = max0.blend(max1, UPPER_HALF);
        if (LANES > 8) {
            other = max.rearrange(SWAP_4);
            max = max.blend(other, other.compare(GT, max));
        }
        if (LANES > 4) {
            other = max.rearrange(SWAP_2);
            max = max.blend(other, other.compare(GT, max));
        }
        other = max.rearrange(SWAP_1);
        max.blend(other, other.compare(GT, max)).intoArray(state, MAX);
        FloatVector sum0 = FloatVector.fromArray(SPECIES, state, SUM);
        FloatVector sum1 = FloatVector.fromArray(SPECIES, state, SUM + LANES);
        sum0 = sum0.add(sum0.rearrange(SWAP_HALVES));
        sum1 = sum1.add(sum1.rearrange(SWAP_HALVES));
        FloatVector sum = sum0.blend(sum1, UPPER_HALF);
        sum = LANES > 8 ? sum.add(sum.rearrange(SWAP_4)) : sum;
        sum = LANES > 4 ? sum.add(sum.rearrange(SWAP_2)) : sum;
        sum = sum.add(sum.rearrange(SWAP_1));
        FloatVector.broadcast(SPECIES, 1f).div(sum).intoArray(state, SUM);
    }
}
