package dev.lanewise.vector;

import static dev.lanewise.vector.RegisterTile.NR;

/**
 * Has a register tile compiled before a large product uses it for the first time. A tile whose first calls are hundreds of
 * steps deep is interpreted step by step, and then compiled twice, first in the middle of its loop (on-stack replacement).
 * Calls of three steps reach the compiler's threshold of calls within milliseconds, and the code that stays is made at once.
 */
final class TileTraining {
    /** Multiply-adds from which on a product waits for its tiles: a cold one takes longer than the wait. */
    static final long WORTH_IT = 1L << 24;

    /** Two steps at once, and one more: a case that has not been met is left out of the compiled code. */
    private static final int DEPTH = 3;

    /** Calls between two looks at the clock. */
    private static final int CALLS = 64;

    /** Compiled, a call of three steps takes some 50 ns; where vectors are objects, microseconds. */
    private static final long COMPILED_CALL_NANOS = 300;

    /** Whoever is not compiled by then, because compilation is off or the compilers have much to do, goes on as it is. */
    private static final long LIMIT_NANOS = 600_000_000;

    /** Operands of the calls that train: zeros, and a result that nobody reads, whichever threads write it. */
    private static final float[] A = new float[Tiles.TALLEST * Tiles.COPIED_STEP];

    private static final float[] B = new float[DEPTH * NR];
    private static final float[] C = new float[Tiles.TALLEST * NR];

    /** Calls of a narrow tile at each edge until it is compiled, and the edges after which nobody waits for it any more. */
    private static final int EDGE_CALLS = 16;

    private static final int MOST_EDGES = 2000;

    private static final int COMPILED = Integer.MAX_VALUE;

    /** Edges that have trained the narrow tile of a height; beyond the most where it is compiled. */
    private static final int[] EDGES = new int[(Tiles.TALLEST + 1) * LeftOperand.values().length];

    /** By kind, height and whether it adds. Read without a lock: at worst a thread looks twice. */
    private static final boolean[] DONE = new boolean[2 * (Tiles.TALLEST + 1) * LeftOperand.values().length];

    private TileTraining() {}

    /**
     * Returns when the tiles of two heights are compiled, those that overwrite C and, where the depth has several blocks, those
     * that add to it.
     */
    static void await(LeftOperand left, int least, int most, boolean overwrite, boolean add) {
        for (int height = least; height <= most; height++) {
            if (overwrite && !DONE[tile(left, height, false)] || add && !DONE[tile(left, height, true)]) {
                train(left, least, most, overwrite, add);
                return;
            }
        }
    }

    private static int tile(LeftOperand left, int height, boolean add) {
        return 2 * ((Tiles.TALLEST + 1) * left.ordinal() + height) + (add ? 1 : 0);
    }

    /**
     * Whether the narrow tile of a height is compiled. As long as it is not, an edge calls it a few times and is
     * computed by a whole tile: a product has few edges, and would wait for interpreted ones for hundreds of calls.
     */
    static boolean narrowIsReady(LeftOperand left, int height) {
        int tile = left.ordinal() * (Tiles.TALLEST + 1) + height;
        int edges = EDGES[tile];
        if (edges < MOST_EDGES) {
            EDGES[tile] = trainNarrow(left, height) ? COMPILED : edges + 1;
        }
        return EDGES[tile] == COMPILED;
    }

    private static boolean trainNarrow(LeftOperand left, int height) {
        long start = System.nanoTime();
        for (int call = 0; call < EDGE_CALLS; call++) {
            TileWidth.NARROW.multiply(left, height, DEPTH, A, 0, DEPTH, B, 0, C, 0, NR);
        }
        return System.nanoTime() - start < EDGE_CALLS * COMPILED_CALL_NANOS;
    }

    /** In turns, so that one tile is called while the compiler is at another. */
    private static synchronized void train(LeftOperand left, int least, int most, boolean overwrite, boolean add) {
        long end = System.nanoTime() + LIMIT_NANOS;
        boolean waiting;
        do {
            waiting = false;
            for (int height = least; height <= most; height++) {
                waiting |= overwrite && !isCompiled(left, height, false);
                waiting |= add && !isCompiled(left, height, true);
            }
        } while (waiting && System.nanoTime() - end < 0);
        for (int height = least; height <= most; height++) {
            DONE[tile(left, height, false)] |= overwrite;
            DONE[tile(left, height, true)] |= add;
        }
    }

    private static boolean isCompiled(LeftOperand left, int height, boolean add) {
        if (DONE[tile(left, height, add)]) {
            return true;
        }
        long start = System.nanoTime();
        for (int call = 0; call < CALLS; call++) {
            switch (left) {
                case PACKED -> Tiles.packed(height, add, DEPTH, A, 0, B, 0, C, 0, NR);
                case COPIED -> Tiles.copied(height, add, DEPTH, A, 0, B, 0, C, 0, NR);
                case IN_PLACE -> Tiles.rows(height, add, DEPTH, A, 0, DEPTH, B, 0, C, 0, NR);
            }
        }
        DONE[tile(left, height, add)] = System.nanoTime() - start < CALLS * COMPILED_CALL_NANOS;
        return DONE[tile(left, height, add)];
    }
}
