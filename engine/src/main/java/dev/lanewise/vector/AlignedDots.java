package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Inner products as {@link RowDots} makes them, to the bit, of long rows whose vectors start where cache lines do. What lies
 * ahead of the first line is summed apart, in the last lanes. It is the same sum of the same elements in a lane, which is then
 * another one, and a tree whose lanes are turned has the same sums.
 *
 * <p>Sums start from memory here. For short rows that would be a tenth of the time, so these have methods of their own.
 */
final class AlignedDots {
    private AlignedDots() {}

    /** Floats of scratch that {@link #multiply} needs for its sums by lane. */
    static int scratch() {
        return RowDots.scratch() + LANES;
    }

    /**
     * {@code sums[i] = sum over p of A[i, p] * x[p]} for at most {@link RowDots#BATCH} rows.
     *
     * @param rows number of rows
     * @param k their length
     * @param a values of A; element (i, p) at {@code aOffset + i * lda + p}
     * @param aOffset index of the first row
     * @param lda distance between two rows
     * @param x the vector
     * @param xOffset index of its first element
     * @param lead elements ahead of the vectors: at least one, fewer than lanes and at most k
     * @param lanes scratch of {@link #scratch()} floats
     * @param sums receives the inner products, from index 0, and some more values up to a multiple of the lanes
     */
    static void multiply(
            int rows, int k, float[] a, int aOffset, int lda, float[] x, int xOffset, int lead, float[] lanes,
            float[] sums) {
        addHeads(rows, lead, a, aOffset, lda, x, xOffset, lanes);
        int length = k - lead;
        int bound = Lanes.bound(length);
        int first = aOffset + lead;
        int vector = xOffset + lead;
        int i = 0;
        for (; i + 8 <= rows; i += 8) {
            addEightRows(bound, a, first + i * lda, lda, x, vector, lanes, i * LANES);
        }
        for (; i < rows; i++) {
            addOneRow(bound, a, first + i * lda, x, vector, lanes, i * LANES);
        }
        if (bound < length) {
            RowDots.addTails(rows, bound, length, a, first, lda, x, vector, lanes);
        }
        for (i = 0; i < rows; i += LANES) {
            RowDots.fold(lanes, i * LANES, sums, i);
        }
    }

    /** The first elements of each row times those of x, in the last lanes; zero in the others. */
    private static void addHeads(
            int rows, int lead, float[] a, int aOffset, int lda, float[] x, int xOffset, float[] lanes) {
        VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(lead));
        FloatVector vx = FloatVector.fromArray(SPECIES, x, xOffset, mask);
        FloatVector.zero(SPECIES).intoArray(lanes, 0);
        for (int i = 0; i < rows; i++) {
            // Runs over into the first lanes of the next row, which are to be zero.
            vx.fma(FloatVector.fromArray(SPECIES, a, aOffset + i * lda, mask), FloatVector.zero(SPECIES))
                    .intoArray(lanes, i * LANES + LANES - lead);
        }
    }

    /** Eight inner products at a time, added to what their lanes hold. */
    private static void addEightRows(
            int k, float[] a, int row0, int lda, float[] x, int xOffset, float[] lanes, int lanesOffset) {
        int row1 = row0 + lda;
        int row2 = row1 + lda;
        int row3 = row2 + lda;
        int row4 = row3 + lda;
        int row5 = row4 + lda;
        int row6 = row5 + lda;
        int row7 = row6 + lda;
        FloatVector acc0 = FloatVector.fromArray(SPECIES, lanes, lanesOffset);
        FloatVector acc1 = FloatVector.fromArray(SPECIES, lanes, lanesOffset + LANES);
        FloatVector acc2 = FloatVector.fromArray(SPECIES, lanes, lanesOffset + 2 * LANES);
        FloatVector acc3 = FloatVector.fromArray(SPECIES, lanes, lanesOffset + 3 * LANES);
        FloatVector acc4 = FloatVector.fromArray(SPECIES, lanes, lanesOffset + 4 * LANES);
        FloatVector acc5 = FloatVector.fromArray(SPECIES, lanes, lanesOffset + 5 * LANES);
        FloatVector acc6 = FloatVector.fromArray(SPECIES, lanes, lanesOffset + 6 * LANES);
        FloatVector acc7 = FloatVector.fromArray(SPECIES, lanes, lanesOffset + 7 * LANES);
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

    private static void addOneRow(int k, float[] a, int row0, float[] x, int xOffset, float[] lanes, int lanesOffset) {
        FloatVector acc0 = FloatVector.fromArray(SPECIES, lanes, lanesOffset);
        for (int p = 0; p < k; p += LANES) {
            FloatVector vx = FloatVector.fromArray(SPECIES, x, xOffset + p);
            acc0 = vx.fma(FloatVector.fromArray(SPECIES, a, row0 + p), acc0);
        }
        acc0.intoArray(lanes, lanesOffset);
    }
}
