package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Sums down the columns of a matrix, in ascending order of the rows. Four rows are added at a time, in the order of memory
 * and with the sums in their array: a quarter of the loads and stores of row after row, and no strided walk.
 */
final class ColumnSums {
    private ColumnSums() {}

    /** {@code sums[c] += sum over r of x[r, c]} for {@code n} columns. */
    static void add(int rows, int n, float[] x, int xOffset, int ldx, float[] sums, int sumsOffset) {
        int r = 0;
        for (; r + 4 <= rows; r += 4) {
            addFourRows(n, x, xOffset + r * ldx, ldx, sums, sumsOffset);
        }
        for (; r < rows; r++) {
            addRow(n, x, xOffset + r * ldx, sums, sumsOffset);
        }
    }

    /** {@code sums += x} for one row. */
    static void addRow(int n, float[] x, int xOffset, float[] sums, int sumsOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, sums, sumsOffset + i).add(FloatVector.fromArray(SPECIES, x, xOffset + i))
                    .intoArray(sums, sumsOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector.fromArray(SPECIES, sums, sumsOffset + i, mask)
                    .add(FloatVector.fromArray(SPECIES, x, xOffset + i, mask))
                    .intoArray(sums, sumsOffset + i, mask);
        }
    }

    private static void addFourRows(int n, float[] x, int xOffset, int ldx, float[] sums, int sumsOffset) {
        int row1 = xOffset + ldx;
        int row2 = row1 + ldx;
        int row3 = row2 + ldx;
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, sumsOffset + i)
                    .add(FloatVector.fromArray(SPECIES, x, xOffset + i));
            sum = sum.add(FloatVector.fromArray(SPECIES, x, row1 + i)).add(FloatVector.fromArray(SPECIES, x, row2 + i))
                    .add(FloatVector.fromArray(SPECIES, x, row3 + i));
            sum.intoArray(sums, sumsOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, sumsOffset + i, mask)
                    .add(FloatVector.fromArray(SPECIES, x, xOffset + i, mask));
            sum = sum.add(FloatVector.fromArray(SPECIES, x, row1 + i, mask))
                    .add(FloatVector.fromArray(SPECIES, x, row2 + i, mask))
                    .add(FloatVector.fromArray(SPECIES, x, row3 + i, mask));
            sum.intoArray(sums, sumsOffset + i, mask);
        }
    }
}
