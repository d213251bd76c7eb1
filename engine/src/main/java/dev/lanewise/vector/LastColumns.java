package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.RegisterTile.NR;

/**
 * The last columns of C where they are few, as rows of its transpose: with A and B exchanged, rows of C fill the vectors that
 * columns would leave nearly empty. The same sums in the same order, so the same bits.
 */
final class LastColumns {
    /** Up to so many it costs less to transpose A than to compute with vectors that are mostly empty. */
    static final int MOST = 8;

    /** Where C has more columns than this, a vector that is mostly empty weighs less than reading A twice. */
    private static final int MOST_OF_C = 288;

    /** Below this depth a row of A is worth transposing only from a cache, and where C has more columns than a tile or two. */
    private static final int SHALLOW = 96;

    private static final int FEW = 64;

    /** With narrower vectors less is empty than it costs to transpose A. */
    private static final int FEWEST_LANES = 16;

    private final AlignedPanels panel = new AlignedPanels();
    private final float[] tile = new float[MOST * NR];

    /** What {@code fetch} returns. */
    private int fetched;

    /**
     * How many of the last columns of C to compute so: those that pay, once their tiles are compiled.
     *
     * @param x the product
     * @param rows rows of the rectangle
     * @param columns columns of the rectangle, up to the last
     * @param cold whether A is not in L2
     */
    static int count(Product x, int rows, int columns, boolean cold) {
        int last = paying(x, rows, columns, cold);
        return last > 0 && isReady(x, rows, last) ? last : 0;
    }

    /** How many of the last columns pay: all that don't fill a tile, or none. */
    static int paying(Product x, int rows, int columns, boolean cold) {
        int last = columns % NR;
        boolean deep = x.k >= SHALLOW || x.k >= LANES && x.n >= FEW && !cold;
        boolean pays = last <= MOST && x.n <= MOST_OF_C && deep && rows >= LANES && LANES >= FEWEST_LANES;
        return pays ? last : 0;
    }

    private static boolean isReady(Product x, int rows, int last) {
        boolean half = rows % NR > 0 && rows % NR <= LANES;
        return TileTraining.isReady(TileWidth.FULL, left(x), last)
                && (!half || TileTraining.isReady(TileWidth.NARROW, left(x), last));
    }

    /** How the tile reads the columns of B, which are its rows. */
    private static LeftOperand left(Product x) {
        return x.packedB != null || x.bCol == 1 ? LeftOperand.COLUMNS : LeftOperand.ROWS;
    }

    /**
     * {@code C[i, j] = sum over p < depth of A[i, p] * B[p, j]}, or added to C, for some rows from one on: as many as a tile
     * has columns, or fewer at the end.
     *
     * @param x the product
     * @param from the first row
     * @param rows rows of the block of C
     * @param last columns, {@link #MOST} at most
     * @param depth steps
     * @param aAt index of the first element of the block of A
     * @param cold whether A is not in L2
     * @param b holds B
     * @param bAt index of its first element
     * @param bStep distance between two rows of B, or two columns where those are contiguous
     * @param add whether C keeps what it holds
     * @param to index of the first element of the block of C
     */
    void multiply(
            Product x, int from, int rows, int last, int depth, int aAt, boolean cold, float[] b, int bAt, int bStep,
            boolean add, int to) {
        float[] panels = panel.withRoomFor(Packing.size(NR, NR, depth));
        int first = AlignedPanels.FIRST;
        TileWidth tileWidth = rows - from <= LANES ? TileWidth.NARROW : TileWidth.FULL;
        int width = tileWidth == TileWidth.NARROW ? LANES : NR;
        // At the end, rows that are done fill the vectors up, and come out the same.
        int row = Math.max(0, Math.min(from, rows - width));
        int height = Math.min(width, rows);
        int at = aAt + row * x.aRow;
        if (cold && x.aCol == 1) {
            fetched = Packing.fetch(height, depth, x.a, at, x.aRow);
        }
        Packing.pack(NR, height, depth, x.alpha, x.a, at, x.aRow, x.aCol, panels, first);
        tileWidth.multiply(left(x), last, depth, b, bAt, bStep, panels, first, tile, 0, NR);
        move(from - row, height, last, add, x.c, to + row * x.ldc, x.ldc);
    }

    /** From the transposed tile to rows of C. */
    private void move(int firstRow, int endRow, int last, boolean add, float[] c, int at, int ldc) {
        for (int j = 0; j < last; j++) {
            int to = at + firstRow * ldc + j;
            for (int i = firstRow; i < endRow; i++) {
                float value = tile[j * NR + i];
                c[to] = add ? c[to] + value : value;
                to += ldc;
            }
        }
    }
}
