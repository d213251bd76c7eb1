package dev.lanewise.vector;

import static dev.lanewise.vector.RegisterTile.NR;

/**
 * Has a register tile compiled before a large product uses it for the first time. A tile whose first calls are hundreds of
 * steps deep is interpreted step by step, and then compiled twice, first in the middle of its loop (on-stack replacement).
 * Calls of two steps reach the compiler's threshold of calls within milliseconds, and the code that stays is made at once.
 */
final class TileTraining {
    /** Multiply-adds from which on a product waits for its tiles: a cold one takes longer than the wait. */
    static final long WORTH_IT = 1L << 24;

    private static final int DEPTH = 2;

    /** Calls between two looks at the clock. */
    private static final int CALLS = 64;

    /** Compiled, a call of two steps takes some 50 ns; where vectors are objects, microseconds. */
    private static final long COMPILED_NANOS = 300L * CALLS;

    /** Whoever is not compiled by then, because compilation is off or the compilers have much to do, goes on as it is. */
    private static final long LIMIT_NANOS = 600_000_000;

    /** By kind, height and whether it adds. Read without a lock: at worst a thread looks twice. */
    private static final boolean[] DONE = new boolean[4 * (Tiles.TALLEST + 1)];

    private TileTraining() {}

    /**
     * Returns when the tiles of two heights are compiled, those that overwrite C and, where the depth has several blocks, those
     * that add to it.
     */
    static void await(boolean rows, int least, int most, boolean overwrite, boolean add) {
        for (int height = least; height <= most; height++) {
            if (overwrite && !DONE[tile(rows, height, false)] || add && !DONE[tile(rows, height, true)]) {
                train(rows, least, most, overwrite, add);
                return;
            }
        }
    }

    private static int tile(boolean rows, int height, boolean add) {
        return 4 * height + (rows ? 2 : 0) + (add ? 1 : 0);
    }

    /** In turns, so that one tile is called while the compiler is at another. */
    private static synchronized void train(boolean rows, int least, int most, boolean overwrite, boolean add) {
        float[] a = new float[most * DEPTH];
        float[] b = new float[DEPTH * NR];
        float[] c = new float[most * NR];
        long end = System.nanoTime() + LIMIT_NANOS;
        boolean waiting;
        do {
            waiting = false;
            for (int height = least; height <= most; height++) {
                waiting |= overwrite && !isCompiled(rows, height, false, a, b, c);
                waiting |= add && !isCompiled(rows, height, true, a, b, c);
            }
        } while (waiting && System.nanoTime() - end < 0);
        for (int height = least; height <= most; height++) {
            DONE[tile(rows, height, false)] |= overwrite;
            DONE[tile(rows, height, true)] |= add;
        }
    }

    private static boolean isCompiled(boolean rows, int height, boolean add, float[] a, float[] b, float[] c) {
        if (DONE[tile(rows, height, add)]) {
            return true;
        }
        long start = System.nanoTime();
        for (int call = 0; call < CALLS; call++) {
            if (rows) {
                Tiles.rows(height, add, DEPTH, a, 0, DEPTH, b, 0, c, 0, NR);
            } else {
                Tiles.packed(height, add, DEPTH, a, 0, b, 0, c, 0, NR);
            }
        }
        DONE[tile(rows, height, add)] = System.nanoTime() - start < COMPILED_NANOS;
        return DONE[tile(rows, height, add)];
    }
}
