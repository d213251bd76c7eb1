package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Weighted sums of the rows of a matrix, {@code y = sum over p of w[p] * B[p, :]}. Eight rows at a time are read along
 * memory, as many streams as hardware prefetchers follow with ease, and y, which stays in L1, is read and written once for
 * all eight.
 *
 * <p>Eight products are summed before they are added to y, so that rounding grows with an eighth of the rows. The order of
 * the sums depends on the number of rows alone: the same bits in full and partial vectors, and however columns are split.
 */
final class RowSums {
    private RowSums() {}

    /**
     * {@code y[j] += sum over p of w[p] * B[p, j]}.
     *
     * @param k rows of B
     * @param n columns
     * @param w the weights
     * @param wOffset index of the first weight
     * @param b values of B; element (p, j) at {@code bOffset + p * ldb + j}
     * @param bOffset index of the first row
     * @param ldb distance between two rows
     * @param y the sums; modified
     * @param yOffset index of the first sum
     */
    static void add(
            int k, int n, float[] w, int wOffset, float[] b, int bOffset, int ldb, float[] y, int yOffset) {
        int p = 0;
        for (; p + 8 <= k; p += 8) {
            addEight(n, w, wOffset + p, b, bOffset + p * ldb, ldb, y, yOffset);
        }
        for (; p + 2 <= k; p += 2) {
            addTwo(n, w, wOffset + p, b, bOffset + p * ldb, ldb, y, yOffset);
        }
        if (p < k) {
            addOne(n, w[wOffset + p], b, bOffset + p * ldb, y, yOffset);
        }
    }

    private static void addEight(
            int n, float[] w, int wOffset, float[] b, int row0, int ldb, float[] y, int yOffset) {
        int row1 = row0 + ldb;
        int row2 = row1 + ldb;
        int row3 = row2 + ldb;
        int row4 = row3 + ldb;
        int row5 = row4 + ldb;
        int row6 = row5 + ldb;
        int row7 = row6 + ldb;
        FloatVector w0 = FloatVector.broadcast(SPECIES, w[wOffset]);
        FloatVector w1 = FloatVector.broadcast(SPECIES, w[wOffset + 1]);
        FloatVector w2 = FloatVector.broadcast(SPECIES, w[wOffset + 2]);
        FloatVector w3 = FloatVector.broadcast(SPECIES, w[wOffset + 3]);
        FloatVector w4 = FloatVector.broadcast(SPECIES, w[wOffset + 4]);
        FloatVector w5 = FloatVector.broadcast(SPECIES, w[wOffset + 5]);
        FloatVector w6 = FloatVector.broadcast(SPECIES, w[wOffset + 6]);
        FloatVector w7 = FloatVector.broadcast(SPECIES, w[wOffset + 7]);
        int j = 0;
        for (int bound = Lanes.bound(n); j < bound; j += LANES) {
            FloatVector sum = w0.mul(FloatVector.fromArray(SPECIES, b, row0 + j));
            sum = w1.fma(FloatVector.fromArray(SPECIES, b, row1 + j), sum);
            sum = w2.fma(FloatVector.fromArray(SPECIES, b, row2 + j), sum);
            sum = w3.fma(FloatVector.fromArray(SPECIES, b, row3 + j), sum);
            sum = w4.fma(FloatVector.fromArray(SPECIES, b, row4 + j), sum);
            sum = w5.fma(FloatVector.fromArray(SPECIES, b, row5 + j), sum);
            sum = w6.fma(FloatVector.fromArray(SPECIES, b, row6 + j), sum);
            sum = w7.fma(FloatVector.fromArray(SPECIES, b, row7 + j), sum);
            FloatVector.fromArray(SPECIES, y, yOffset + j).add(sum).intoArray(y, yOffset + j);
        }
        if (j < n) {
            addEightPartly(n, j, w, wOffset, b, row0, ldb, y, yOffset);
        }
    }

    /**
     * The columns from j, fewer than a vector of them. Whole vectors are read wherever B has as many elements, and the sums
     * of the columns alone stored: eight loads under a mask make code so large that the compiler keeps vectors as objects.
     * Only the last rows of B can end too soon; they are summed element by element.
     */
    private static void addEightPartly(
            int n, int j, float[] w, int wOffset, float[] b, int row0, int ldb, float[] y, int yOffset) {
        if (row0 + 7 * ldb + j > b.length - LANES) {
            addEightSingly(n, j, w, wOffset, b, row0, ldb, y, yOffset);
            return;
        }
        int at = row0 + j;
        FloatVector sum = FloatVector.fromArray(SPECIES, b, at).mul(w[wOffset]);
        sum = FloatVector.broadcast(SPECIES, w[wOffset + 1]).fma(FloatVector.fromArray(SPECIES, b, at + ldb), sum);
        sum = FloatVector.broadcast(SPECIES, w[wOffset + 2]).fma(FloatVector.fromArray(SPECIES, b, at + 2 * ldb), sum);
        sum = FloatVector.broadcast(SPECIES, w[wOffset + 3]).fma(FloatVector.fromArray(SPECIES, b, at + 3 * ldb), sum);
        sum = FloatVector.broadcast(SPECIES, w[wOffset + 4]).fma(FloatVector.fromArray(SPECIES, b, at + 4 * ldb), sum);
        sum = FloatVector.broadcast(SPECIES, w[wOffset + 5]).fma(FloatVector.fromArray(SPECIES, b, at + 5 * ldb), sum);
        sum = FloatVector.broadcast(SPECIES, w[wOffset + 6]).fma(FloatVector.fromArray(SPECIES, b, at + 6 * ldb), sum);
        sum = FloatVector.broadcast(SPECIES, w[wOffset + 7]).fma(FloatVector.fromArray(SPECIES, b, at + 7 * ldb), sum);
        VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - j));
        FloatVector.fromArray(SPECIES, y, yOffset + j, mask).add(sum).intoArray(y, yOffset + j, mask);
    }

    private static void addEightSingly(
            int n, int j, float[] w, int wOffset, float[] b, int row0, int ldb, float[] y, int yOffset) {
        for (int column = j; column < n; column++) {
            float sum = w[wOffset] * b[row0 + column];
            for (int p = 1; p < 8; p++) {
                sum = Math.fma(w[wOffset + p], b[row0 + p * ldb + column], sum);
            }
            y[yOffset + column] += sum;
        }
    }

    private static void addTwo(
            int n, float[] w, int wOffset, float[] b, int row0, int ldb, float[] y, int yOffset) {
        int row1 = row0 + ldb;
        FloatVector w0 = FloatVector.broadcast(SPECIES, w[wOffset]);
        FloatVector w1 = FloatVector.broadcast(SPECIES, w[wOffset + 1]);
        int j = 0;
        for (int bound = Lanes.bound(n); j < bound; j += LANES) {
            FloatVector sum = w0.mul(FloatVector.fromArray(SPECIES, b, row0 + j));
            sum = w1.fma(FloatVector.fromArray(SPECIES, b, row1 + j), sum);
            FloatVector.fromArray(SPECIES, y, yOffset + j).add(sum).intoArray(y, yOffset + j);
        }
        if (j < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - j));
            FloatVector sum = w0.mul(FloatVector.fromArray(SPECIES, b, row0 + j, mask));
            sum = w1.fma(FloatVector.fromArray(SPECIES, b, row1 + j, mask), sum);
            FloatVector.fromArray(SPECIES, y, yOffset + j, mask).add(sum).intoArray(y, yOffset + j, mask);
        }
    }

    /** The weight is broadcast in each loop: as one vector for both, the compiler now and then kept it as an object. */
    private static void addOne(int n, float w, float[] b, int row, float[] y, int yOffset) {
        int j = 0;
        for (int bound = Lanes.bound(n); j < bound; j += LANES) {
            FloatVector.broadcast(SPECIES, w)
                    .fma(FloatVector.fromArray(SPECIES, b, row + j), FloatVector.fromArray(SPECIES, y, yOffset + j))
                    .intoArray(y, yOffset + j);
        }
        if (j < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - j));
            FloatVector.broadcast(SPECIES, w).fma(
                    FloatVector.fromArray(SPECIES, b, row + j, mask),
                    FloatVector.fromArray(SPECIES, y, yOffset + j, mask))
                    .intoArray(y, yOffset + j, mask);
        }
    }
}
