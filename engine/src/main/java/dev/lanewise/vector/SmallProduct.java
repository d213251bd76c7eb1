package dev.lanewise.vector;

import static dev.lanewise.vector.Blocking.ceilDiv;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.RegisterTile.MR_IN_PLACE;
import static dev.lanewise.vector.RegisterTile.NR;

/**
 * A product of a few microseconds at most: nothing is packed, borrowed or handed over, since that would take longer than the
 * product itself. The same sums in the same order as in {@link BlockedProduct}.
 */
final class SmallProduct {
    /** Most columns: beyond, B no longer fits L1. */
    private static final int COLUMNS = 64;

    /** Most multiplications. */
    private static final long WORK = 64L * 64 * 64;

    /** Most elements of a product of depth 1: beyond, one that writes whole rows is faster. Its sums are the same without C. */
    private static final int TINY = 64;

    private SmallProduct() {}

    /** Whether a product is small, and none that is summed in another order: rows of A and B are read where they lie, in one pass over the depth. */
    static boolean fits(int m, int n, int k, float alpha, int aCol, int bCol, float beta, int deepest) {
        boolean vectors = m == 1 || n == 1;
        boolean worthIt = k == 1 ? beta == 0f && m * (long) n <= TINY : m > 0 && n > 0 && k > 0 && !vectors;
        return worthIt && n <= COLUMNS && k <= deepest && (long) m * n * k <= WORK && alpha == 1f && aCol == 1
                && bCol == 1 && (beta == 0f || beta == 1f && n % NR == 0);
    }

    /** {@code C = A * B}, or added to C. */
    static void multiply(
            int m, int n, int k, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb, boolean add,
            float[] c, int cOffset, int ldc) {
        if (k == 1) {
            outer(m, n, a, aOffset, lda, b, bOffset, c, cOffset, ldc);
            return;
        }
        int panels = ceilDiv(m, MR_IN_PLACE);
        int row = 0;
        for (int panel = 1; panel <= panels; panel++) {
            int end = panel == panels ? m : m * panel / panels;
            int height = end - row;
            int at = aOffset + row * lda;
            int to = cOffset + row * ldc;
            int j = 0;
            for (; j + NR <= n; j += NR) {
                Tiles.rowsDirect(height, add, k, a, at, lda, b, bOffset + j, ldb, c, to + j, ldc);
            }
            if (j < n) {
                edge(height, j, n, k, a, at, lda, b, bOffset, ldb, c, to, ldc);
            }
            row = end;
        }
    }

    /**
     * The columns from j on, which don't fill a tile. The last vectors of the row overlap columns that are done: these come
     * out the same again, which costs less than a mask.
     */
    private static void edge(
            int height, int j, int n, int k, float[] a, int at, int lda, float[] b, int bOffset, int ldb, float[] c,
            int to, int ldc) {
        int last = n - LANES;
        if (last < 0) {
            Tiles.rowsDirectMaskedNarrow(height, k, a, at, lda, b, bOffset, ldb, c, to, ldc, n);
        } else if (n - j <= LANES) {
            Tiles.rowsDirectNarrow(height, k, a, at, lda, b, bOffset + last, ldb, c, to + last, ldc);
        } else if (j > 0) {
            Tiles.rowsDirect(
                    height, false, k, a, at, lda, b, bOffset + n - NR, ldb, c, to + n - NR, ldc);
        } else {
            Tiles.rowsDirectOverlapping(height, k, a, at, lda, b, bOffset, ldb, last, c, to, ldc);
        }
    }

    /** A depth of 1, for which tiles are too short; 0 is added as they add it, which makes a negative zero positive. */
    private static void outer(
            int m, int n, float[] a, int aOffset, int lda, float[] b, int bOffset, float[] c, int cOffset, int ldc) {
        for (int i = 0; i < m; i++) {
            float factor = a[aOffset + i * lda];
            int row = cOffset + i * ldc;
            for (int j = 0; j < n; j++) {
                c[row + j] = factor * b[bOffset + j] + 0f;
            }
        }
    }
}
