package dev.lanewise.vector;

import static dev.lanewise.vector.RegisterTile.NR;

/**
 * Has a register tile compiled before a large product uses it for the first time. A tile whose first calls are hundreds of
 * steps deep is interpreted step by step, and then compiled twice, first in the middle of its loop (on-stack replacement).
 * Calls of a few steps reach the compiler's threshold of calls within milliseconds, and the code that stays is made at once.
 */
final class TileTraining {
    /** Multiply-adds from which on a product waits for its tiles: a cold one takes longer than the wait. */
    static final long WORTH_IT = 1L << 24;

    /** Steps of an odd call; an even one has a step less. A case that has not been met is left out of the compiled code. */
    private static final int DEPTH = 5;

    /** Calls between two looks at the clock. */
    private static final int CALLS = 64;

    /** Compiled, a call takes some 50 ns; where vectors are objects, microseconds. */
    private static final long COMPILED_CALL_NANOS = 300;

    /** Whoever is not compiled by then, because compilation is off or the compilers have much to do, goes on as it is. */
    private static final long LIMIT_NANOS = 600_000_000;

    /** Operands of the calls that train: zeros, and a result that nobody reads, whichever threads write it. */
    private static final float[] A = new float[Tiles.TALLEST * Tiles.COPIED_STEP];

    private static final float[] B = new float[DEPTH * NR];
    private static final float[] C = new float[Tiles.TALLEST * NR];
    private static final float[] PANEL = new float[DEPTH * NR];

    /** Calls of a rare tile each time there is use for it, until it is compiled. */
    private static final int RARE_CALLS = 16;

    /** After so many times its compilation has been asked for, and a look every so often will do. */
    private static final int ASKED = 1000;

    private static final int EVERY = 64;

    private static final int COMPILED = Integer.MAX_VALUE;

    /** How often there was use for the tile of a rare width, kind and height before it was compiled. */
    private static final int[] RARE = new int[TileWidth.values().length * (Tiles.TALLEST + 1)
            * LeftOperand.values().length];

    /** The same of the tile that packs B in passing, by kind, height and whether it adds. */
    private static final int[] KEEP = new int[2 * (Tiles.TALLEST + 1) * LeftOperand.values().length];

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
     * Whether a tile that overwrites C is compiled which few products use, or for few of their elements. As long as it is not,
     * an edge calls it a few times and is computed by another: it would wait for interpreted ones for hundreds of calls.
     */
    static boolean isReady(TileWidth width, LeftOperand left, int height) {
        int tile = (width.ordinal() * LeftOperand.values().length + left.ordinal()) * (Tiles.TALLEST + 1) + height;
        int times = RARE[tile];
        if (times != COMPILED) {
            RARE[tile] = isDue(times) && trainRare(width, left, height) ? COMPILED : times + 1;
        }
        return RARE[tile] == COMPILED;
    }

    /** The same of the tile that packs B in passing, of which a block has one row: until it is compiled, B is packed ahead. */
    static boolean keepIsReady(LeftOperand left, int height, boolean add) {
        int tile = tile(left, height, add);
        int times = KEEP[tile];
        if (times != COMPILED) {
            KEEP[tile] = isDue(times) && trainKeep(left, height, add) ? COMPILED : times + 1;
        }
        return KEEP[tile] == COMPILED;
    }

    private static boolean isDue(int times) {
        return times < ASKED || times % EVERY == 0;
    }

    private static boolean trainRare(TileWidth width, LeftOperand left, int height) {
        long start = System.nanoTime();
        for (int call = 0; call < RARE_CALLS; call++) {
            width.multiply(left, height, depth(call), A, 0, DEPTH, B, 0, C, 0, NR);
        }
        return System.nanoTime() - start < RARE_CALLS * COMPILED_CALL_NANOS;
    }

    private static boolean trainKeep(LeftOperand left, int height, boolean add) {
        long start = System.nanoTime();
        for (int call = 0; call < RARE_CALLS; call++) {
            if (left == LeftOperand.ROWS) {
                Tiles.rowsKeep(height, add, depth(call), A, 0, DEPTH, B, 0, NR, PANEL, 0, C, 0, NR);
            } else {
                Tiles.columnsKeep(height, add, depth(call), A, 0, height, B, 0, NR, PANEL, 0, C, 0, NR);
            }
        }
        return System.nanoTime() - start < RARE_CALLS * COMPILED_CALL_NANOS;
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
                case PACKED -> Tiles.packed(height, add, depth(call), A, 0, B, 0, C, 0, NR);
                case COLUMNS -> Tiles.columns(height, add, depth(call), A, 0, height, B, 0, C, 0, NR);
                case COPIED -> Tiles.copied(height, add, depth(call), A, 0, B, 0, C, 0, NR);
                case ROWS -> Tiles.rows(height, add, depth(call), A, 0, DEPTH, B, 0, C, 0, NR);
            }
        }
        DONE[tile(left, height, add)] = System.nanoTime() - start < CALLS * COMPILED_CALL_NANOS;
        return DONE[tile(left, height, add)];
    }

    private static int depth(int call) {
        return DEPTH - 1 + call % 2;
    }
}
