package dev.lanewise.vector;

import dev.lanewise.runtime.CacheSizes;

/**
 * The sizes that a product is cut into, in floats: pure arithmetic on the caches and the register tile. After Goto and van de
 * Geijn, Anatomy of High-Performance Matrix Multiplication, 2008, and Low et al., Analytical Modeling Is Enough for
 * High-Performance BLIS, 2016, with the two operands exchanged: what stays in L1 is a panel of A, what stays in L2 is a block
 * of B. So the tiles walk along the rows of C, a row of it is a stream that the core fetches ahead, and a product does not
 * wait for C, however far apart its rows are.
 *
 * @param mr rows of the tallest register tile
 * @param nr columns of the register tile
 * @param mc most rows of A that are packed at a time
 * @param kc most depth of a block
 * @param blockB floats of B that are packed at a time
 */
record Blocking(int mr, int nr, int mc, int kc, int blockB) {
    /** Beyond this depth C is visited so seldom that deeper blocks gain nothing. */
    private static final int DEEPEST = 512;

    /** Rows of A that are packed once and used for several blocks of B: 4 MB at the greatest depth. */
    private static final int ROWS = 2048;

    /**
     * Derives the sizes.
     *
     * <ul>
     *   <li>kc: a panel of A [mr x kc] takes three fifths of L1. The panels of B only pass through.
     *   <li>blockB: the packed block of B takes five eighths of L2; the rest is for the panels of A and the rows of C that
     *       pass.
     * </ul>
     */
    static Blocking of(CacheSizes caches, int mr, int nr) {
        int kc = Math.clamp(caches.l1() / 4L * 3 / 5 / mr / 16 * 16, 64, DEEPEST);
        int blockB = Math.max(caches.l2() / 4 / 8 * 5, 4 * nr * kc);
        return new Blocking(mr, nr, roundUp(ROWS, mr), kc, blockB);
    }

    /**
     * The depth of the blocks that k is cut into: equal blocks rather than full ones and a thin rest. Depends on k alone,
     * so the order of the sums, and with it every bit of the result, does not depend on how the rest is cut.
     */
    int depth(int k) {
        return even(k, kc, 4);
    }

    /** Columns of the blocks that n is cut into, at a depth of at most kc. */
    int columns(int n, int depth) {
        return even(n, blockB / depth / nr * nr, nr);
    }

    /** Rows of the blocks that m is cut into. */
    int rows(int m) {
        return even(m, mc, mr);
    }

    /** Cuts n into the fewest blocks of at most {@code limit}, all of them equal but for rounding up to {@code unit}. */
    static int even(int n, int limit, int unit) {
        int blocks = Math.max(1, ceilDiv(n, limit));
        return Math.min(limit, roundUp(ceilDiv(n, blocks), unit));
    }

    static int ceilDiv(int a, int b) {
        return (int) ((a - 1L + b) / b);
    }

    static int roundUp(int n, int unit) {
        return ceilDiv(n, unit) * unit;
    }
}
