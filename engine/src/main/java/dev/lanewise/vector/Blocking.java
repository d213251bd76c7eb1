package dev.lanewise.vector;

import dev.lanewise.runtime.CacheSizes;

/**
 * The block sizes of a product, in floats: pure arithmetic on the caches and the register tile. Source: Goto, van de Geijn,
 * Anatomy of High-Performance Matrix Multiplication, 2008; Low et al., Analytical Modeling Is Enough for High-Performance
 * BLIS, 2016.
 *
 * @param mr rows of the register tile
 * @param nr columns of the register tile
 * @param mc rows of a packed block of A, a multiple of mr
 * @param kc depth of the packed blocks
 * @param nc columns of a packed block of B, a multiple of nr
 */
record Blocking(int mr, int nr, int mc, int kc, int nc) {
    /**
     * Derives the blocks.
     *
     * <ul>
     *   <li>kc: a panel of B [kc x nr] and one of A [mr x kc] fill L1: {@code kc * (nr + mr)} floats. Deeper blocks visit C
     *       less often, but beyond 512 that gains nothing any more.
     *   <li>mc: the packed block of A takes half of L2; the other half is for the panels of B and the tiles of C that pass.
     *   <li>nc: the packed block of B takes a quarter of L3 and at most 8 MB: that of one core among several.
     * </ul>
     */
    static Blocking of(CacheSizes caches, int mr, int nr) {
        int kc = Math.clamp(caches.l1() / 4 / (nr + mr) / 16 * 16, 64, 512);
        int mc = Math.max(mr, caches.l2() / 2 / 4 / kc / mr * mr);
        int nc = Math.max(nr, (int) Math.min(caches.l3() / 4L, 8 << 20) / 4 / kc / nr * nr);
        return new Blocking(mr, nr, mc, kc, nc);
    }

    /**
     * The depth of the blocks that k is cut into: equal blocks rather than full ones and a thin rest. Depends on k alone,
     * so the order of the sums, and with it every bit of the result, does not depend on how the rest is split.
     */
    int depth(int k) {
        return even(k, kc, 4);
    }

    /** Rows of the blocks that m is cut into, so that there are at least {@code parts} of them where m allows. */
    int rows(int m, int parts) {
        int block = Math.min(mc, roundUp(ceilDiv(m, parts), mr));
        return even(m, block, mr);
    }

    /** Cuts n into the fewest blocks of at most {@code limit}, all of them equal but for rounding up to {@code unit}. */
    static int even(int n, int limit, int unit) {
        int blocks = Math.max(1, ceilDiv(n, limit));
        return Math.min(limit, roundUp(ceilDiv(n, blocks), unit));
    }

    static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }

    static int roundUp(int n, int unit) {
        return ceilDiv(n, unit) * unit;
    }
}
