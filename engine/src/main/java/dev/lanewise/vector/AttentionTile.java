package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;

/**
 * The tiles that attention is cut into, and the products over whole tiles. A tile of scores is made of strips: up to
 * {@link #ROWS} rows of {@link #STRIP} lanes, dense, so that a strip of 512-bit vectors takes 16 KB and stays in L1 from
 * the product that makes it to the one that uses it. Lanes are queries in the forward pass, keys in the backward pass: that
 * way round, the sums over keys, or queries, are sums over rows.
 *
 * <p>Counts of rows are cut into register tiles of even height, so none is computed for nothing. All operands lie in one
 * array, in panels whose distances are constants; with distances that are parameters the compiler leaves a range check at
 * each access.
 */
final class AttentionTile {
    /** Lanes of a strip: the columns of a register tile. */
    static final int STRIP = 2 * LANES;

    /** Strips that are worked on between two looks at a block of the other operand. */
    static final int STRIPS = 4;

    /** Lanes of a tile. */
    static final int WIDTH = STRIPS * STRIP;

    /** Rows of a tile. */
    static final int ROWS = 128;

    /** Rows of the tallest register tile. */
    static final int MR = Math.min(AttentionTiles.TALLEST, RegisterTile.MR);

    private AttentionTile() {}

    /** Register tiles that a number of rows is cut into. */
    static int tiles(int rows) {
        return Blocking.ceilDiv(rows, MR);
    }

    /** Columns rounded up to whole panels. */
    static int padded(int columns) {
        return Blocking.roundUp(columns, STRIP);
    }

    /**
     * {@code C[i, j] = sum over p < depth of A[i, p] * B[j, p]} for the rows {@code from..to-1}, both operands transposed in
     * strips.
     *
     * @param from first row that is wanted
     * @param to index behind the last
     * @param depth headDim
     * @param w holds everything
     * @param a strips of A: {@code STRIP} rows each, element (i, p) at {@code p * STRIP + i}
     * @param b one strip of B
     * @param c the first row of C, a strip; the wanted rows are overwritten
     */
    static void scores(int from, int to, int depth, float[] w, int a, int b, int c) {
        int first = from;
        while (first < to) {
            int lane = first % STRIP;
            int rows = Math.min(STRIP - lane, to - first);
            columns(rows, depth, STRIP, false, w, a + (first - lane) * depth + lane, b, 0, c + first * STRIP);
            first += rows;
        }
    }

    /**
     * {@code C[i, j] = sum over p < depth of A[p, i] * B[p, j]}, or added to C: a strip, transposed, times rows.
     *
     * @param lanes rows of C: lanes of the strip that are wanted
     * @param depth rows of the strip
     * @param columns columns of B and C, a multiple of {@code STRIP}
     * @param add whether to add to C
     * @param w holds everything
     * @param a the strip's first row
     * @param b the first panel's first row: {@code STRIP} columns, dense
     * @param bPanel distance between two panels of B
     * @param c panels of C, {@code STRIP} rows of {@code STRIP} columns each
     */
    static void columns(
            int lanes, int depth, int columns, boolean add, float[] w, int a, int b, int bPanel, int c) {
        int tiles = tiles(lanes);
        int low = lanes / tiles;
        int taller = lanes % tiles;
        int panels = columns / STRIP;
        for (int j = 0; j < panels; j++) {
            int lane = 0;
            for (int t = 0; t < tiles; t++) {
                int height = t < taller ? low + 1 : low;
                int to = c + (j * STRIP + lane) * STRIP;
                if (add) {
                    AttentionTiles.columnsAdd(height, depth, w, a + lane, b + j * bPanel, to);
                } else {
                    AttentionTiles.columns(height, depth, w, a + lane, b + j * bPanel, to);
                }
                lane += height;
            }
        }
    }

    /**
     * {@code C[i, j] += sum over p < depth of A[i, p] * B[p, j]}: a strip, as it is, times rows.
     *
     * @param rows rows of A and C
     * @param depth lanes of the strip that are wanted
     * @param columns columns of B and C, a multiple of {@code STRIP}
     * @param w holds everything
     * @param a the strip's first row
     * @param b the first panel's first row: {@code STRIP} columns, dense
     * @param bPanel distance between two panels of B
     * @param c panels of C
     * @param cPanel distance between two panels of C
     */
    static void rows(int rows, int depth, int columns, float[] w, int a, int b, int bPanel, int c, int cPanel) {
        int tiles = tiles(rows);
        int low = rows / tiles;
        int taller = rows % tiles;
        int panels = columns / STRIP;
        int row = 0;
        for (int t = 0; t < tiles; t++) {
            int height = t < taller ? low + 1 : low;
            for (int j = 0; j < panels; j++) {
                AttentionTiles.rowsAdd(
                        height, depth, w, a + row * STRIP, b + j * bPanel, c + j * cPanel + row * STRIP);
            }
            row += height;
        }
    }
}
