package dev.lanewise.vector;

import static dev.lanewise.vector.SoftmaxPairRows.MAX;
import static dev.lanewise.vector.SoftmaxPairRows.SECOND;
import static dev.lanewise.vector.SoftmaxPairRows.STATE;
import static dev.lanewise.vector.SoftmaxPairRows.SUM;

/**
 * Softmax of short rows, two at a time. While a pair is exponentiated, a later one is looked at and an earlier one divided,
 * in the one loop of {@link SoftmaxPairRows}. A pair that is not narrow, or has no such neighbours, takes the passes of
 * {@link SoftmaxRow} one by one. The bits are the same in either case.
 */
final class SoftmaxPairs {
    /** Rows of so many columns at most: those of four pairs, of both arrays, then take half of the L1 cache. */
    static final int LONGEST = 256;

    /** So many pairs later is the pair that a step looks at, and earlier the one that it divides. */
    private static final int AHEAD = 3;

    private static final int ROWS_AHEAD = 2 * AHEAD;

    /** Slots of the ring: a power of two above twice the distance. */
    private static final int SLOTS = 8;

    private final boolean[] narrow = new boolean[SLOTS];
    private final float[] max = new float[2 * SLOTS];
    private final float[] factor = new float[2 * SLOTS];
    private float[] state = new float[STATE];
    private float[] previous = new float[STATE];

    /** Softmax of an even number of rows. */
    void softmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        boolean partial = Lanes.bound(cols) < cols;
        for (int r = 0; r < Math.min(rows, ROWS_AHEAD); r++) {
            looked(r, SoftmaxNarrowRow.look(cols, x, xOffset + r * ldx));
        }
        int pending = -1;
        for (int r = 0; r < rows; r += 2) {
            int xRow = xOffset + r * ldx;
            int yRow = yOffset + r * ldy;
            int slot = slot(r);
            boolean step = narrow[slot >> 1] && r >= ROWS_AHEAD && r + ROWS_AHEAD < rows;
            if (step) {
                int done = slot(r - ROWS_AHEAD);
                SoftmaxPairRows.step(
                        cols, max[slot], max[slot + 1], x, xRow, ldx, y, yRow, ldy, ROWS_AHEAD, factor[done],
                        factor[done + 1], state);
                if (partial) {
                    SoftmaxPairRows.tail(
                            cols, max[slot], x, xRow, ldx, y, yRow, ldy, ROWS_AHEAD, factor[done], state, 0);
                    SoftmaxPairRows.tail(
                            cols, max[slot + 1], x, xRow + ldx, ldx, y, yRow + ldy, ldy, ROWS_AHEAD, factor[done + 1],
                            state, 1);
                }
            } else {
                single(r, rows, cols, x, xRow, ldx, y, yRow, ldy);
                single(r + 1, rows, cols, x, xRow + ldx, ldx, y, yRow + ldy, ldy);
            }
            if (pending >= 0) {
                across(pending);
            }
            pending = step ? r : -1;
            float[] swap = state;
            state = previous;
            previous = swap;
        }
        for (int r = Math.max(0, rows - ROWS_AHEAD); r < rows; r++) {
            SoftmaxRow.scale(cols, factor[slot(r)], y, yOffset + r * ldy);
        }
    }

    /** The passes of one step over one of its rows. */
    private void single(int r, int rows, int cols, float[] x, int xRow, int ldx, float[] y, int yRow, int ldy) {
        factor[slot(r)] = 1 / VectorSoftmax.exponentials(cols, max[slot(r)], x, xRow, y, yRow);
        boolean ahead = r + ROWS_AHEAD < rows;
        boolean done = r >= ROWS_AHEAD;
        int xAhead = xRow + ROWS_AHEAD * ldx;
        int yDone = yRow - ROWS_AHEAD * ldy;
        if (ahead && done) {
            looked(r + ROWS_AHEAD, SoftmaxNarrowRow.scaleAndMax(
                    cols, factor[slot(r - ROWS_AHEAD)], y, yDone, x, xAhead));
        } else if (ahead) {
            looked(r + ROWS_AHEAD, SoftmaxNarrowRow.look(cols, x, xAhead));
        } else if (done) {
            SoftmaxRow.scale(cols, factor[slot(r - ROWS_AHEAD)], y, yDone);
        }
    }

    /** Takes the results of the step at row r, which are in the state before this one. */
    private void across(int r) {
        SoftmaxPairRows.across(previous);
        int slot = slot(r);
        factor[slot] = previous[SUM];
        factor[slot + 1] = previous[SUM + SECOND];
        int ahead = slot(r + ROWS_AHEAD);
        max[ahead] = previous[MAX];
        max[ahead + 1] = previous[MAX + SECOND];
        narrow[ahead >> 1] = SoftmaxPairRows.narrow(previous);
    }

    private void looked(int r, long look) {
        int slot = slot(r);
        max[slot] = SoftmaxNarrowRow.max(look);
        boolean first = (r & 1) == 0;
        narrow[slot >> 1] = SoftmaxNarrowRow.narrow(look) && (first || narrow[slot >> 1]);
    }

    private static int slot(int r) {
        return r & 2 * SLOTS - 1;
    }
}
