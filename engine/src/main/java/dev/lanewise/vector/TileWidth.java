package dev.lanewise.vector;

/** Columns of a register tile that overwrites C and reads a panel of B. */
enum TileWidth {
    /** Two vectors, the whole panel. */
    FULL,

    /** One vector. */
    NARROW;

    /**
     * {@code C[i, j] = sum over p < depth of A[i, p] * B[p, j]} for i below the height and j below the width.
     *
     * @param left how A is read
     * @param height rows
     * @param depth steps; 2 at least where A is copied or its rows are read
     * @param a holds A
     * @param at index of its first element
     * @param aStep distance between two rows or columns of A that are read in place; else not read
     * @param b holds the panel of B
     * @param bAt index of its first element
     * @param c overwritten
     * @param cAt index of its first element
     * @param ldc distance between two rows of C
     */
    void multiply(
            LeftOperand left, int height, int depth, float[] a, int at, int aStep, float[] b, int bAt, float[] c,
            int cAt, int ldc) {
        switch (left) {
            case PACKED -> packed(height, depth, a, at, b, bAt, c, cAt, ldc);
            case COLUMNS -> columns(height, depth, a, at, aStep, b, bAt, c, cAt, ldc);
            case COPIED -> copied(height, depth, a, at, b, bAt, c, cAt, ldc);
            case ROWS -> rows(height, depth, a, at, aStep, b, bAt, c, cAt, ldc);
        }
    }

    private void packed(
            int height, int depth, float[] a, int at, float[] b, int bAt, float[] c, int cAt, int ldc) {
        switch (this) {
            case FULL -> Tiles.packed(height, false, depth, a, at, b, bAt, c, cAt, ldc);
            case NARROW -> Tiles.packedNarrow(height, depth, a, at, b, bAt, c, cAt, ldc);
        }
    }

    private void columns(
            int height, int depth, float[] a, int at, int aStep, float[] b, int bAt, float[] c, int cAt, int ldc) {
        switch (this) {
            case FULL -> Tiles.columns(height, false, depth, a, at, aStep, b, bAt, c, cAt, ldc);
            case NARROW -> Tiles.columnsNarrow(height, depth, a, at, aStep, b, bAt, c, cAt, ldc);
        }
    }

    private void copied(
            int height, int depth, float[] a, int at, float[] b, int bAt, float[] c, int cAt, int ldc) {
        switch (this) {
            case FULL -> Tiles.copied(height, false, depth, a, at, b, bAt, c, cAt, ldc);
            case NARROW -> Tiles.copiedNarrow(height, depth, a, at, b, bAt, c, cAt, ldc);
        }
    }

    private void rows(
            int height, int depth, float[] a, int at, int aStep, float[] b, int bAt, float[] c, int cAt, int ldc) {
        switch (this) {
            case FULL -> Tiles.rows(height, false, depth, a, at, aStep, b, bAt, c, cAt, ldc);
            case NARROW -> Tiles.rowsNarrow(height, depth, a, at, aStep, b, bAt, c, cAt, ldc);
        }
    }
}
