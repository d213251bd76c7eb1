package dev.lanewise.vector;

import static dev.lanewise.vector.Blocking.ceilDiv;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.RegisterTile.MR_IN_PLACE;
import static dev.lanewise.vector.RegisterTile.NR;

import jdk.incubator.vector.VectorMask;

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

    /** Rows of the tallest tile whose second vector is masked. */
    private static final int MR_EDGE = Math.min(MR_IN_PLACE, Tiles.TALLEST_MASKED);

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
        int whole = n - n % NR;
        if (whole > 0) {
            int panels = ceilDiv(m, MR_IN_PLACE);
            int row = 0;
            for (int panel = 1; panel <= panels; panel++) {
                int end = panel == panels ? m : m * panel / panels;
                for (int j = 0; j < whole; j += NR) {
                    Tiles.rowsDirect(
                            end - row, add, k, a, aOffset + row * lda, lda, b, bOffset + j, ldb, c,
                            cOffset + row * ldc + j, ldc);
                }
                row = end;
            }
        }
        if (whole < n) {
            edge(m, n - whole, k, a, aOffset, lda, b, bOffset + whole, ldb, c, cOffset + whole, ldc);
        }
    }

    /** The columns that don't fill a tile; overwritten, since C1 does not compile masked tiles that add. */
    private static void edge(
            int m, int width, int k, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
            float[] c, int cOffset, int ldc) {
        boolean narrow = width <= LANES;
        VectorMask<Float> mask = Lanes.first(narrow ? width : width - LANES);
        int panels = ceilDiv(m, narrow ? MR_IN_PLACE : MR_EDGE);
        int row = 0;
        for (int panel = 1; panel <= panels; panel++) {
            int end = panel == panels ? m : m * panel / panels;
            int at = aOffset + row * lda;
            int to = cOffset + row * ldc;
            if (narrow) {
                Tiles.rowsDirectMaskedNarrow(end - row, k, a, at, lda, b, bOffset, ldb, c, to, ldc, mask);
            } else {
                Tiles.rowsDirectMasked(end - row, k, a, at, lda, b, bOffset, ldb, c, to, ldc, mask);
            }
            row = end;
        }
    }
}
