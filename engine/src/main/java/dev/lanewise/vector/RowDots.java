package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Inner products of the rows of a matrix with one vector. Eight rows at a time share each load of the vector and keep eight
 * multiply-adds in flight, which is what two pipes of four cycles need.
 *
 * <p>The sums by lane of each row run over its full vectors in ascending order; then comes the partial vector at its end,
 * then a fixed tree over the lanes: the same bits wherever a row lies and whichever rows it is taken together with.
 */
final class RowDots {
    /** Rows whose lanes are summed together: enough to hide the latency of the tree, and 4 KB at most. */
    static final int BATCH = 64;

    private static final VectorMask<Float> UPPER_8 = Lanes.withBit(8);
    private static final VectorMask<Float> UPPER_4 = Lanes.withBit(4);
    private static final VectorMask<Float> UPPER_2 = Lanes.withBit(2);
    private static final VectorMask<Float> UPPER_1 = Lanes.withBit(1);

    private static final VectorShuffle<Float> SWAP_8 = Lanes.swap(8);
    private static final VectorShuffle<Float> SWAP_4 = Lanes.swap(4);
    private static final VectorShuffle<Float> SWAP_2 = Lanes.swap(2);
    private static final VectorShuffle<Float> SWAP_1 = Lanes.swap(1);

    /** Rows at a time; parts of a matrix should have a multiple of it. */
    static final int ROWS = 8;

    private RowDots() {}

    /** Floats of scratch that {@link #multiply} needs for its sums by lane. */
    static int scratch() {
        return BATCH * LANES;
    }

    /**
     * {@code sums[i] = sum over p of A[i, p] * x[p]} for at most {@link #BATCH} rows.
     *
     * @param rows number of rows
     * @param k their length; at least 1
     * @param a values of A; element (i, p) at {@code aOffset + i * lda + p}
     * @param aOffset index of the first row
     * @param lda distance between two rows
     * @param x the vector
     * @param xOffset index of its first element
     * @param lanes scratch of {@link #scratch()} floats
     * @param sums receives the inner products, from index 0, and some more values up to a multiple of the lanes
     */
    static void multiply(
            int rows, int k, float[] a, int aOffset, int lda, float[] x, int xOffset, float[] lanes, float[] sums) {
        int bound = Lanes.bound(k);
        int i = 0;
        for (; i + 8 <= rows; i += 8) {
            eightRows(bound, a, aOffset + i * lda, lda, x, xOffset, lanes, i * LANES);
        }
        if (i + 4 <= rows) {
            fourRows(bound, a, aOffset + i * lda, lda, x, xOffset, lanes, i * LANES);
            i += 4;
        }
        for (; i < rows; i++) {
            oneRow(bound, a, aOffset + i * lda, x, xOffset, lanes, i * LANES);
        }
        if (bound < k) {
            addTails(rows, bound, k, a, aOffset, lda, x, xOffset, lanes);
        }
        for (i = 0; i < rows; i += LANES) {
            fold(lanes, i * LANES, sums, i);
        }
    }

    private static void eightRows(
            int k, float[] a, int row0, int lda, float[] x, int xOffset, float[] lanes, int lanesOffset) {
        int row1 = row0 + lda;
        int row2 = row1 + lda;
        int row3 = row2 + lda;
        int row4 = row3 + lda;
        int row5 = row4 + lda;
        int row6 = row5 + lda;
        int row7 = row6 + lda;
        FloatVector acc0 = FloatVector.zero(SPECIES);
        FloatVector acc1 = FloatVector.zero(SPECIES);
        FloatVector acc2 = FloatVector.zero(SPECIES);
        FloatVector acc3 = FloatVector.zero(SPECIES);
        FloatVector acc4 = FloatVector.zero(SPECIES);
        FloatVector acc5 = FloatVector.zero(SPECIES);
        FloatVector acc6 = FloatVector.zero(SPECIES);
        FloatVector acc7 = FloatVector.zero(SPECIES);
        for (int p = 0; p < k; p += LANES) {
            FloatVector vx = FloatVector.fromArray(SPECIES, x, xOffset + p);
            acc0 = vx.fma(FloatVector.fromArray(SPECIES, a, row0 + p), acc0);
            acc1 = vx.fma(FloatVector.fromArray(SPECIES, a, row1 + p), acc1);
            acc2 = vx.fma(FloatVector.fromArray(SPECIES, a, row2 + p), acc2);
            acc3 = vx.fma(FloatVector.fromArray(SPECIES, a, row3 + p), acc3);
            acc4 = vx.fma(FloatVector.fromArray(SPECIES, a, row4 + p), acc4);
            acc5 = vx.fma(FloatVector.fromArray(SPECIES, a, row5 + p), acc5);
            acc6 = vx.fma(FloatVector.fromArray(SPECIES, a, row6 + p), acc6);
            acc7 = vx.fma(FloatVector.fromArray(SPECIES, a, row7 + p), acc7);
        }
        acc0.intoArray(lanes, lanesOffset);
        acc1.intoArray(lanes, lanesOffset + LANES);
        acc2.intoArray(lanes, lanesOffset + 2 * LANES);
        acc3.intoArray(lanes, lanesOffset + 3 * LANES);
        acc4.intoArray(lanes, lanesOffset + 4 * LANES);
        acc5.intoArray(lanes, lanesOffset + 5 * LANES);
        acc6.intoArray(lanes, lanesOffset + 6 * LANES);
        acc7.intoArray(lanes, lanesOffset + 7 * LANES);
    }

    private static void fourRows(
            int k, float[] a, int row0, int lda, float[] x, int xOffset, float[] lanes, int lanesOffset) {
        int row1 = row0 + lda;
        int row2 = row1 + lda;
        int row3 = row2 + lda;
        FloatVector acc0 = FloatVector.zero(SPECIES);
        FloatVector acc1 = FloatVector.zero(SPECIES);
        FloatVector acc2 = FloatVector.zero(SPECIES);
        FloatVector acc3 = FloatVector.zero(SPECIES);
        for (int p = 0; p < k; p += LANES) {
            FloatVector vx = FloatVector.fromArray(SPECIES, x, xOffset + p);
            acc0 = vx.fma(FloatVector.fromArray(SPECIES, a, row0 + p), acc0);
            acc1 = vx.fma(FloatVector.fromArray(SPECIES, a, row1 + p), acc1);
            acc2 = vx.fma(FloatVector.fromArray(SPECIES, a, row2 + p), acc2);
            acc3 = vx.fma(FloatVector.fromArray(SPECIES, a, row3 + p), acc3);
        }
        acc0.intoArray(lanes, lanesOffset);
        acc1.intoArray(lanes, lanesOffset + LANES);
        acc2.intoArray(lanes, lanesOffset + 2 * LANES);
        acc3.intoArray(lanes, lanesOffset + 3 * LANES);
    }

    private static void oneRow(
            int k, float[] a, int row0, float[] x, int xOffset, float[] lanes, int lanesOffset) {
        FloatVector acc0 = FloatVector.zero(SPECIES);
        for (int p = 0; p < k; p += LANES) {
            FloatVector vx = FloatVector.fromArray(SPECIES, x, xOffset + p);
            acc0 = vx.fma(FloatVector.fromArray(SPECIES, a, row0 + p), acc0);
        }
        acc0.intoArray(lanes, lanesOffset);
    }

    /** Adds the partial vector at the end of each row to its sums by lane. */
    static void addTails(
            int rows, int p, int k, float[] a, int aOffset, int lda, float[] x, int xOffset, float[] lanes) {
        VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(k - p));
        FloatVector vx = FloatVector.fromArray(SPECIES, x, xOffset + p, mask);
        for (int i = 0; i < rows; i++) {
            vx.fma(
                    FloatVector.fromArray(SPECIES, a, aOffset + i * lda + p, mask),
                    FloatVector.fromArray(SPECIES, lanes, i * LANES)).intoArray(lanes, i * LANES);
        }
    }

    /**
     * Sums the lanes of as many rows as there are lanes, in the order of {@link Lanes#sum}. Two rows are folded into one
     * vector, the halves of the one in its lower lanes and those of the other in its upper, and so on: in the end, lane i
     * is the sum of row i.
     */
    static void fold(float[] lanes, int first, float[] sums, int sumsOffset) {
        if (LANES == 16) {
            for (int i = first; i < first + 4 * LANES; i += LANES) {
                FloatVector r0 = FloatVector.fromArray(SPECIES, lanes, i);
                FloatVector r4 = FloatVector.fromArray(SPECIES, lanes, i + 4 * LANES);
                FloatVector r8 = FloatVector.fromArray(SPECIES, lanes, i + 8 * LANES);
                FloatVector r12 = FloatVector.fromArray(SPECIES, lanes, i + 12 * LANES);
                FloatVector u = r8.blend(r0, UPPER_8).rearrange(SWAP_8).add(r0.blend(r8, UPPER_8));
                FloatVector v = r12.blend(r4, UPPER_8).rearrange(SWAP_8).add(r4.blend(r12, UPPER_8));
                v.blend(u, UPPER_4).rearrange(SWAP_4).add(u.blend(v, UPPER_4)).intoArray(lanes, i);
            }
        } else if (LANES == 8) {
            for (int i = first; i < first + 4 * LANES; i += LANES) {
                FloatVector u = FloatVector.fromArray(SPECIES, lanes, i);
                FloatVector v = FloatVector.fromArray(SPECIES, lanes, i + 4 * LANES);
                v.blend(u, UPPER_4).rearrange(SWAP_4).add(u.blend(v, UPPER_4)).intoArray(lanes, i);
            }
        }
        FloatVector r0 = FloatVector.fromArray(SPECIES, lanes, first);
        FloatVector r1 = FloatVector.fromArray(SPECIES, lanes, first + LANES);
        FloatVector r2 = FloatVector.fromArray(SPECIES, lanes, first + 2 * LANES);
        FloatVector r3 = FloatVector.fromArray(SPECIES, lanes, first + 3 * LANES);
        FloatVector u = r2.blend(r0, UPPER_2).rearrange(SWAP_2).add(r0.blend(r2, UPPER_2));
        FloatVector v = r3.blend(r1, UPPER_2).rearrange(SWAP_2).add(r1.blend(r3, UPPER_2));
        v.blend(u, UPPER_1).rearrange(SWAP_1).add(u.blend(v, UPPER_1)).intoArray(sums, sumsOffset);
    }
}
