package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionTile.QUERIES;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of attention on machines with 32 vector registers of 512 bits: 12 rows by 2 vectors. 12 divides the
 * number of queries in a tile, as 14 does not, and leaves registers for the addressing of the second operand.
 *
 * <p>Written out, one local an accumulator, for the reason given in {@code TileGenerator}.
 */
final class AttentionKernel12x2 {
    /** Rows of the tile. */
    static final int MR = 12;

    private AttentionKernel12x2() {}

    /**
     * {@code C[i, j] = sum over p < kc of A[i, p] * B[p, j]}, with A in a panel: element (i, p) at
     * {@code aOffset + p * MR + i}.
     *
     * @param kc depth
     * @param a values of A
     * @param aOffset index of the first
     * @param b panel of B: element (p, j) at {@code bOffset + p * 2 * LANES + j}
     * @param bOffset index of the panel
     * @param c the tile of C: element (i, j) at {@code cOffset + i * ldc + j}; overwritten
     * @param cOffset index of the tile
     * @param ldc distance between two rows of C
     */
    static void multiply(
            int kc, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset, int ldc) {
        FloatVector acc0a = FloatVector.zero(SPECIES);
        FloatVector acc0b = FloatVector.zero(SPECIES);
        FloatVector acc1a = FloatVector.zero(SPECIES);
        FloatVector acc1b = FloatVector.zero(SPECIES);
        FloatVector acc2a = FloatVector.zero(SPECIES);
        FloatVector acc2b = FloatVector.zero(SPECIES);
        FloatVector acc3a = FloatVector.zero(SPECIES);
        FloatVector acc3b = FloatVector.zero(SPECIES);
        FloatVector acc4a = FloatVector.zero(SPECIES);
        FloatVector acc4b = FloatVector.zero(SPECIES);
        FloatVector acc5a = FloatVector.zero(SPECIES);
        FloatVector acc5b = FloatVector.zero(SPECIES);
        FloatVector acc6a = FloatVector.zero(SPECIES);
        FloatVector acc6b = FloatVector.zero(SPECIES);
        FloatVector acc7a = FloatVector.zero(SPECIES);
        FloatVector acc7b = FloatVector.zero(SPECIES);
        FloatVector acc8a = FloatVector.zero(SPECIES);
        FloatVector acc8b = FloatVector.zero(SPECIES);
        FloatVector acc9a = FloatVector.zero(SPECIES);
        FloatVector acc9b = FloatVector.zero(SPECIES);
        FloatVector acc10a = FloatVector.zero(SPECIES);
        FloatVector acc10b = FloatVector.zero(SPECIES);
        FloatVector acc11a = FloatVector.zero(SPECIES);
        FloatVector acc11b = FloatVector.zero(SPECIES);
        int ap = aOffset;
        int bp = bOffset;
        for (int p = 0; p < kc; p++) {
            FloatVector vb0 = FloatVector.fromArray(SPECIES, b, bp);
            FloatVector vb1 = FloatVector.fromArray(SPECIES, b, bp + LANES);
            FloatVector va0 = FloatVector.broadcast(SPECIES, a[ap]);
            acc0a = va0.fma(vb0, acc0a);
            acc0b = va0.fma(vb1, acc0b);
            FloatVector va1 = FloatVector.broadcast(SPECIES, a[ap + 1]);
            acc1a = va1.fma(vb0, acc1a);
            acc1b = va1.fma(vb1, acc1b);
            FloatVector va2 = FloatVector.broadcast(SPECIES, a[ap + 2]);
            acc2a = va2.fma(vb0, acc2a);
            acc2b = va2.fma(vb1, acc2b);
            FloatVector va3 = FloatVector.broadcast(SPECIES, a[ap + 3]);
            acc3a = va3.fma(vb0, acc3a);
            acc3b = va3.fma(vb1, acc3b);
            FloatVector va4 = FloatVector.broadcast(SPECIES, a[ap + 4]);
            acc4a = va4.fma(vb0, acc4a);
            acc4b = va4.fma(vb1, acc4b);
            FloatVector va5 = FloatVector.broadcast(SPECIES, a[ap + 5]);
            acc5a = va5.fma(vb0, acc5a);
            acc5b = va5.fma(vb1, acc5b);
            FloatVector va6 = FloatVector.broadcast(SPECIES, a[ap + 6]);
            acc6a = va6.fma(vb0, acc6a);
            acc6b = va6.fma(vb1, acc6b);
            FloatVector va7 = FloatVector.broadcast(SPECIES, a[ap + 7]);
            acc7a = va7.fma(vb0, acc7a);
            acc7b = va7.fma(vb1, acc7b);
            FloatVector va8 = FloatVector.broadcast(SPECIES, a[ap + 8]);
            acc8a = va8.fma(vb0, acc8a);
            acc8b = va8.fma(vb1, acc8b);
            FloatVector va9 = FloatVector.broadcast(SPECIES, a[ap + 9]);
            acc9a = va9.fma(vb0, acc9a);
            acc9b = va9.fma(vb1, acc9b);
            FloatVector va10 = FloatVector.broadcast(SPECIES, a[ap + 10]);
            acc10a = va10.fma(vb0, acc10a);
            acc10b = va10.fma(vb1, acc10b);
            FloatVector va11 = FloatVector.broadcast(SPECIES, a[ap + 11]);
            acc11a = va11.fma(vb0, acc11a);
            acc11b = va11.fma(vb1, acc11b);
            ap += MR;
            bp += 2 * LANES;
        }
        int row = cOffset;
        acc0a.intoArray(c, row);
        acc0b.intoArray(c, row + LANES);
        row += ldc;
        acc1a.intoArray(c, row);
        acc1b.intoArray(c, row + LANES);
        row += ldc;
        acc2a.intoArray(c, row);
        acc2b.intoArray(c, row + LANES);
        row += ldc;
        acc3a.intoArray(c, row);
        acc3b.intoArray(c, row + LANES);
        row += ldc;
        acc4a.intoArray(c, row);
        acc4b.intoArray(c, row + LANES);
        row += ldc;
        acc5a.intoArray(c, row);
        acc5b.intoArray(c, row + LANES);
        row += ldc;
        acc6a.intoArray(c, row);
        acc6b.intoArray(c, row + LANES);
        row += ldc;
        acc7a.intoArray(c, row);
        acc7b.intoArray(c, row + LANES);
        row += ldc;
        acc8a.intoArray(c, row);
        acc8b.intoArray(c, row + LANES);
        row += ldc;
        acc9a.intoArray(c, row);
        acc9b.intoArray(c, row + LANES);
        row += ldc;
        acc10a.intoArray(c, row);
        acc10b.intoArray(c, row + LANES);
        row += ldc;
        acc11a.intoArray(c, row);
        acc11b.intoArray(c, row + LANES);
    }

    /**
     * {@code C[i, j] += sum over p < kc of A[i, p] * B[p, j]}, with A a tile that lies transposed: element (i, p) at
     * {@code aOffset + p * QUERIES + i}.
     *
     * @param kc depth
     * @param a values of A
     * @param aOffset index of the first
     * @param b panel of B: element (p, j) at {@code bOffset + p * 2 * LANES + j}
     * @param bOffset index of the panel
     * @param c the tile of C: element (i, j) at {@code cOffset + i * ldc + j}; modified
     * @param cOffset index of the tile
     * @param ldc distance between two rows of C
     */
    static void addByColumns(
            int kc, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset, int ldc) {
        FloatVector acc0a = FloatVector.zero(SPECIES);
        FloatVector acc0b = FloatVector.zero(SPECIES);
        FloatVector acc1a = FloatVector.zero(SPECIES);
        FloatVector acc1b = FloatVector.zero(SPECIES);
        FloatVector acc2a = FloatVector.zero(SPECIES);
        FloatVector acc2b = FloatVector.zero(SPECIES);
        FloatVector acc3a = FloatVector.zero(SPECIES);
        FloatVector acc3b = FloatVector.zero(SPECIES);
        FloatVector acc4a = FloatVector.zero(SPECIES);
        FloatVector acc4b = FloatVector.zero(SPECIES);
        FloatVector acc5a = FloatVector.zero(SPECIES);
        FloatVector acc5b = FloatVector.zero(SPECIES);
        FloatVector acc6a = FloatVector.zero(SPECIES);
        FloatVector acc6b = FloatVector.zero(SPECIES);
        FloatVector acc7a = FloatVector.zero(SPECIES);
        FloatVector acc7b = FloatVector.zero(SPECIES);
        FloatVector acc8a = FloatVector.zero(SPECIES);
        FloatVector acc8b = FloatVector.zero(SPECIES);
        FloatVector acc9a = FloatVector.zero(SPECIES);
        FloatVector acc9b = FloatVector.zero(SPECIES);
        FloatVector acc10a = FloatVector.zero(SPECIES);
        FloatVector acc10b = FloatVector.zero(SPECIES);
        FloatVector acc11a = FloatVector.zero(SPECIES);
        FloatVector acc11b = FloatVector.zero(SPECIES);
        int ap = aOffset;
        int bp = bOffset;
        for (int p = 0; p < kc; p++) {
            FloatVector vb0 = FloatVector.fromArray(SPECIES, b, bp);
            FloatVector vb1 = FloatVector.fromArray(SPECIES, b, bp + LANES);
            FloatVector va0 = FloatVector.broadcast(SPECIES, a[ap]);
            acc0a = va0.fma(vb0, acc0a);
            acc0b = va0.fma(vb1, acc0b);
            FloatVector va1 = FloatVector.broadcast(SPECIES, a[ap + 1]);
            acc1a = va1.fma(vb0, acc1a);
            acc1b = va1.fma(vb1, acc1b);
            FloatVector va2 = FloatVector.broadcast(SPECIES, a[ap + 2]);
            acc2a = va2.fma(vb0, acc2a);
            acc2b = va2.fma(vb1, acc2b);
            FloatVector va3 = FloatVector.broadcast(SPECIES, a[ap + 3]);
            acc3a = va3.fma(vb0, acc3a);
            acc3b = va3.fma(vb1, acc3b);
            FloatVector va4 = FloatVector.broadcast(SPECIES, a[ap + 4]);
            acc4a = va4.fma(vb0, acc4a);
            acc4b = va4.fma(vb1, acc4b);
            FloatVector va5 = FloatVector.broadcast(SPECIES, a[ap + 5]);
            acc5a = va5.fma(vb0, acc5a);
            acc5b = va5.fma(vb1, acc5b);
            FloatVector va6 = FloatVector.broadcast(SPECIES, a[ap + 6]);
            acc6a = va6.fma(vb0, acc6a);
            acc6b = va6.fma(vb1, acc6b);
            FloatVector va7 = FloatVector.broadcast(SPECIES, a[ap + 7]);
            acc7a = va7.fma(vb0, acc7a);
            acc7b = va7.fma(vb1, acc7b);
            FloatVector va8 = FloatVector.broadcast(SPECIES, a[ap + 8]);
            acc8a = va8.fma(vb0, acc8a);
            acc8b = va8.fma(vb1, acc8b);
            FloatVector va9 = FloatVector.broadcast(SPECIES, a[ap + 9]);
            acc9a = va9.fma(vb0, acc9a);
            acc9b = va9.fma(vb1, acc9b);
            FloatVector va10 = FloatVector.broadcast(SPECIES, a[ap + 10]);
            acc10a = va10.fma(vb0, acc10a);
            acc10b = va10.fma(vb1, acc10b);
            FloatVector va11 = FloatVector.broadcast(SPECIES, a[ap + 11]);
            acc11a = va11.fma(vb0, acc11a);
            acc11b = va11.fma(vb1, acc11b);
            ap += QUERIES;
            bp += 2 * LANES;
        }
        int row = cOffset;
        acc0a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc0b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc1a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc1b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc2a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc2b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc3a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc3b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc4a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc4b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc5a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc5b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc6a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc6b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc7a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc7b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc8a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc8b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc9a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc9b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc10a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc10b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc11a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc11b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
    }

    /**
     * {@code C[i, j] += sum over p < kc of A[i, p] * B[p, j]}, with A a tile as it lies: element (i, p) at
     * {@code aOffset + i * QUERIES + p}. The distance is a constant so that each row is a fixed displacement.
     *
     * @param kc depth
     * @param a values of A
     * @param aOffset index of the first
     * @param b panel of B: element (p, j) at {@code bOffset + p * 2 * LANES + j}
     * @param bOffset index of the panel
     * @param c the tile of C: element (i, j) at {@code cOffset + i * ldc + j}; modified
     * @param cOffset index of the tile
     * @param ldc distance between two rows of C
     */
    static void addByRows(
            int kc, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset, int ldc) {
        FloatVector acc0a = FloatVector.zero(SPECIES);
        FloatVector acc0b = FloatVector.zero(SPECIES);
        FloatVector acc1a = FloatVector.zero(SPECIES);
        FloatVector acc1b = FloatVector.zero(SPECIES);
        FloatVector acc2a = FloatVector.zero(SPECIES);
        FloatVector acc2b = FloatVector.zero(SPECIES);
        FloatVector acc3a = FloatVector.zero(SPECIES);
        FloatVector acc3b = FloatVector.zero(SPECIES);
        FloatVector acc4a = FloatVector.zero(SPECIES);
        FloatVector acc4b = FloatVector.zero(SPECIES);
        FloatVector acc5a = FloatVector.zero(SPECIES);
        FloatVector acc5b = FloatVector.zero(SPECIES);
        FloatVector acc6a = FloatVector.zero(SPECIES);
        FloatVector acc6b = FloatVector.zero(SPECIES);
        FloatVector acc7a = FloatVector.zero(SPECIES);
        FloatVector acc7b = FloatVector.zero(SPECIES);
        FloatVector acc8a = FloatVector.zero(SPECIES);
        FloatVector acc8b = FloatVector.zero(SPECIES);
        FloatVector acc9a = FloatVector.zero(SPECIES);
        FloatVector acc9b = FloatVector.zero(SPECIES);
        FloatVector acc10a = FloatVector.zero(SPECIES);
        FloatVector acc10b = FloatVector.zero(SPECIES);
        FloatVector acc11a = FloatVector.zero(SPECIES);
        FloatVector acc11b = FloatVector.zero(SPECIES);
        int ap = aOffset;
        int bp = bOffset;
        for (int p = 0; p < kc; p++) {
            FloatVector vb0 = FloatVector.fromArray(SPECIES, b, bp);
            FloatVector vb1 = FloatVector.fromArray(SPECIES, b, bp + LANES);
            FloatVector va0 = FloatVector.broadcast(SPECIES, a[ap]);
            acc0a = va0.fma(vb0, acc0a);
            acc0b = va0.fma(vb1, acc0b);
            FloatVector va1 = FloatVector.broadcast(SPECIES, a[ap + QUERIES]);
            acc1a = va1.fma(vb0, acc1a);
            acc1b = va1.fma(vb1, acc1b);
            FloatVector va2 = FloatVector.broadcast(SPECIES, a[ap + 2 * QUERIES]);
            acc2a = va2.fma(vb0, acc2a);
            acc2b = va2.fma(vb1, acc2b);
            FloatVector va3 = FloatVector.broadcast(SPECIES, a[ap + 3 * QUERIES]);
            acc3a = va3.fma(vb0, acc3a);
            acc3b = va3.fma(vb1, acc3b);
            FloatVector va4 = FloatVector.broadcast(SPECIES, a[ap + 4 * QUERIES]);
            acc4a = va4.fma(vb0, acc4a);
            acc4b = va4.fma(vb1, acc4b);
            FloatVector va5 = FloatVector.broadcast(SPECIES, a[ap + 5 * QUERIES]);
            acc5a = va5.fma(vb0, acc5a);
            acc5b = va5.fma(vb1, acc5b);
            FloatVector va6 = FloatVector.broadcast(SPECIES, a[ap + 6 * QUERIES]);
            acc6a = va6.fma(vb0, acc6a);
            acc6b = va6.fma(vb1, acc6b);
            FloatVector va7 = FloatVector.broadcast(SPECIES, a[ap + 7 * QUERIES]);
            acc7a = va7.fma(vb0, acc7a);
            acc7b = va7.fma(vb1, acc7b);
            FloatVector va8 = FloatVector.broadcast(SPECIES, a[ap + 8 * QUERIES]);
            acc8a = va8.fma(vb0, acc8a);
            acc8b = va8.fma(vb1, acc8b);
            FloatVector va9 = FloatVector.broadcast(SPECIES, a[ap + 9 * QUERIES]);
            acc9a = va9.fma(vb0, acc9a);
            acc9b = va9.fma(vb1, acc9b);
            FloatVector va10 = FloatVector.broadcast(SPECIES, a[ap + 10 * QUERIES]);
            acc10a = va10.fma(vb0, acc10a);
            acc10b = va10.fma(vb1, acc10b);
            FloatVector va11 = FloatVector.broadcast(SPECIES, a[ap + 11 * QUERIES]);
            acc11a = va11.fma(vb0, acc11a);
            acc11b = va11.fma(vb1, acc11b);
            ap++;
            bp += 2 * LANES;
        }
        int row = cOffset;
        acc0a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc0b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc1a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc1b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc2a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc2b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc3a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc3b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc4a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc4b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc5a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc5b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc6a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc6b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc7a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc7b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc8a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc8b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc9a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc9b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc10a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc10b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
        row += ldc;
        acc11a.add(FloatVector.fromArray(SPECIES, c, row)).intoArray(c, row);
        acc11b.add(FloatVector.fromArray(SPECIES, c, row + LANES)).intoArray(c, row + LANES);
    }
}
