package dev.lanewise.vector;

import static dev.lanewise.vector.Blocking.ceilDiv;

/**
 * Cuts C [m x n] into a grid of rectangles, one for each thread. Every rectangle is a product of its own: its thread packs
 * what it needs of A and B, and waits for nobody. What is packed twice is the price, so the grid is the one whose rectangles
 * are done first. Pure arithmetic; the object is reused.
 */
final class Split {
    /**
     * Multiplications that a thread should have at least: 128 x 128 x 128 take 25 microseconds on one thread, and handing over
     * a part and waiting for it takes three to ten.
     */
    private static final double WORTH_A_THREAD = 128.0 * 128 * 64;

    /** Packing an element of A or B takes as long as so many multiply-adds. */
    static final double PACKING = 12;

    /**
     * Where columns are cut, the line of a row of C that both sides write goes to and fro between two cores, which takes as
     * long as so many multiply-adds: 128 rows cut so take 10 microseconds. Rows of C that are cut share one line in all.
     */
    private static final double SHARED_LINE = 8192;

    /** Columns of a tile: columns are cut at its multiples. */
    private final int nr;

    private int m;
    private int n;
    private int k;
    private int rowParts;
    private int columnParts;

    Split(int nr) {
        this.nr = nr;
    }

    /** Plans for at most so many threads. */
    void cut(int rows, int columns, int depth, int threads) {
        m = rows;
        n = columns;
        k = depth;
        int most = (int) Math.clamp((double) rows * columns * depth / WORTH_A_THREAD, 1, threads);
        int panels = ceilDiv(Math.max(1, n), nr);
        rowParts = 1;
        columnParts = 1;
        double best = cost(1, 1);
        for (int r = 1; r <= Math.min(most, m); r++) {
            int c = Math.min(most / r, panels);
            double cost = cost(r, c);
            if (cost < best) {
                best = cost;
                rowParts = r;
                columnParts = c;
            }
        }
    }

    /** How long the largest rectangle takes, in multiply-adds for each step of the depth. */
    private double cost(int r, int c) {
        double rows = ceilDiv(m, r);
        double columns = Math.min(n, (double) ceilDiv(ceilDiv(n, nr), c) * nr);
        double shared = c > 1 ? SHARED_LINE / k * rows : 0;
        return rows * columns + PACKING * (rows + columns) + shared;
    }

    int parts() {
        return rowParts * columnParts;
    }

    int firstRow(int part) {
        return rowAt(part / columnParts);
    }

    int endRow(int part) {
        return rowAt(part / columnParts + 1);
    }

    int firstColumn(int part) {
        return columnAt(part % columnParts);
    }

    int endColumn(int part) {
        return columnAt(part % columnParts + 1);
    }

    private int rowAt(int r) {
        return (int) ((long) m * r / rowParts);
    }

    private int columnAt(int c) {
        return (int) Math.min(n, (long) ceilDiv(n, nr) * c / columnParts * nr);
    }
}
