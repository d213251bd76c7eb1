package dev.lanewise.vector;

import dev.lanewise.runtime.CacheSizes;
import dev.lanewise.runtime.Processor;

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
 * @param fewColumns where L2 holds fewer columns of B than this, {@code streamedB} is what is packed at a time
 * @param streamedB floats of B that may come from L3, 0 if none should
 * @param copiesRows whether rows of A are copied to a panel as they are, rather than transposed
 * @param inPlaceDepth most depth of a block whose rows of A are read where they lie
 * @param columnsInPlace most columns of C for which columns of A are read where they lie
 * @param far floats of C from which its lines are not in L2
 * @param farthest floats of C from which they are not in L3 either, which holds operands and what else the machine does
 * @param shortRows most rows of a tile that stores to such lines, where the depth is small
 */
record Blocking(
        int mr, int nr, int mc, int kc, int blockB, int fewColumns, int streamedB, boolean copiesRows,
        int inPlaceDepth, int columnsInPlace, int far, int farthest, int shortRows) {
    /**
     * Register tiles side by side up to which each reads columns of A where they lie: beyond, tiles that know the distance
     * between their steps pay for packing.
     */
    private static final int TILES_IN_PLACE = 16;

    /** Floats in a cache line. */
    private static final int LINE = 16;

    /** Lines of L2 in each of its sets. More only means that it keeps more than is counted on here. */
    private static final int WAYS = 8;

    /** Beyond this depth C is visited so seldom that deeper blocks gain nothing. */
    private static final int DEEPEST = 512;

    /** The same where multiply-adds are so slow that L2 and L3 keep up with them: then nothing but visits to C costs time. */
    static final int DEEPEST_STREAMED = 2048;

    /** Columns of C below which its rows are runs too short for the core to fetch ahead: 1 KB. */
    private static final int SHORT_ROW = 256;

    /** The same at two multiply-adds a cycle, which go through a row sooner: 2 KB. */
    private static final int SHORT_ROW_AT_TWO = 512;

    /**
     * Rows of a register tile whose stores miss the caches. They wait in a queue while the next tile computes. That of four rows
     * costs 1.7 ns a row, that of 14, which fills the queue, 5.6 (Zen 4).
     */
    private static final int SHORT = 4;

    /** The same of half the width, at two multiply-adds a cycle: eight sums would be just enough to keep them busy. */
    private static final int SHORT_AT_TWO = 6;

    /** Bytes of B a cycle that an L3 shared by few cores delivers to one of them while the tiles compute. */
    private static final int STREAM = 6;

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
     *
     * <p>A step of the depth reads nr floats of B and takes {@code 2 mr} multiply-adds. Where these take so long that L3
     * delivers B in time, depth is what counts: C, whose lines nobody fetches ahead for long, is visited once for 2048
     * multiply-adds rather than 300, and an eighth of L3 holds the block. A panel of A then comes from L2. But rows of A that
     * are read where they lie should not, since they are more streams than the core fetches ahead: with two multiply-adds a
     * cycle they and the panel of B that passes share five sixths of L1.
     */
    static Blocking of(CacheSizes caches, Processor processor, int mr, int nr) {
        int lanes = nr / 2;
        int multiplyAdds = lanes == 16 ? processor.wideMultiplyAdds() : 2;
        boolean streams = processor.fastL3() && 4 * nr * multiplyAdds <= STREAM * 2 * mr;
        int kc = Math.clamp(caches.l1() / 4L * 3 / 5 / mr / 16 * 16, 64, DEEPEST);
        int blockB = Math.max(caches.l2() / 4 / 8 * 5, 4 * nr * kc);
        int far = caches.l2() / 4;
        int farthest = Math.max(far, caches.l3() / 4 / 4);
        if (!streams) {
            return new Blocking(mr, nr, roundUp(ROWS, mr), kc, blockB, 0, 0, false, kc, 0, far, farthest, mr);
        }
        int streamedB = Math.max(blockB, caches.l3() / 4 / 8);
        // A step of a shorter tile would read less than half of the line that it lies in.
        int columnsInPlace = 2 * mr >= LINE ? TILES_IN_PLACE * nr : 0;
        if (multiplyAdds == 1) {
            return new Blocking(
                    mr, nr, roundUp(ROWS, common(mr, SHORT)), DEEPEST_STREAMED, blockB, SHORT_ROW, streamedB, true,
                    DEEPEST_STREAMED, columnsInPlace, far, farthest, SHORT);
        }
        int inPlaceDepth = Math.max(64, caches.l1() / 4 / 6 * 5 / (mr + nr) / 16 * 16);
        return new Blocking(
                mr, nr, roundUp(ROWS, common(mr, SHORT_AT_TWO)), DEEPEST_STREAMED, blockB, SHORT_ROW_AT_TWO, streamedB,
                true, inPlaceDepth, columnsInPlace, far, farthest, SHORT_AT_TWO);
    }

    /**
     * The depth of the blocks that k is cut into: equal blocks rather than full ones and a thin rest. Depends on k alone, so the
     * order of the sums, and with it every bit of the result, does not depend on how the rest is cut.
     */
    int depth(int k) {
        return even(k, kc, 4);
    }

    /** The greatest depth of a single block whose rows of A may be read where they lie. */
    int onePass() {
        return Math.min(kc, inPlaceDepth);
    }

    /**
     * Whether L2 keeps enough of a strip of a transposed A, so many lines that are {@code distance} floats apart. Each tile of
     * a row of tiles reads it again. Half of it is enough where tiles are two cache lines wide, all where they are one, since
     * then they are twice as many. Lines that are a power of two apart share few of the sets.
     */
    boolean keeps(int lines, int distance) {
        int sets = far / LINE / WAYS;
        // Sets are a power of two on nearly all machines; then this is their greatest common divisor with the distance in lines.
        int apart = distance % LINE == 0 ? Math.min(sets, Integer.lowestOneBit(distance / LINE)) : 1;
        return lines <= (long) far / LINE / apart * nr / LINE;
    }

    /** Columns of the blocks that n is cut into, at a depth of at most kc. */
    int columns(int n, int depth) {
        int inL2 = blockB / depth / nr * nr;
        int limit = inL2 < fewColumns ? Math.max(inL2, streamedB / depth / nr * nr) : inL2;
        return even(n, Math.max(nr, limit), nr);
    }

    /** Rows of the blocks that m is cut into: whole tiles, tall or short. */
    int rows(int m) {
        return even(m, mc, common(mr, shortRows));
    }

    /** The least multiple of both. */
    private static int common(int a, int b) {
        int multiple = a;
        while (multiple % b != 0) {
            multiple += a;
        }
        return multiple;
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
