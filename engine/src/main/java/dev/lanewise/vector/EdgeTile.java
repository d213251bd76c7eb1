package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;
import static dev.lanewise.vector.RegisterTile.NR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Moves what lies inside C of a tile at its edge. */
final class EdgeTile {
    private EdgeTile() {}

    /**
     * {@code C[i, j] = tile[i, j]}, or added to C, for i below the height and j below the width.
     *
     * @param height rows
     * @param width columns, fewer than the tile has
     * @param tile the whole tile, element (i, j) at {@code i * NR + j}
     * @param add whether C keeps what it holds
     * @param c values of C; modified
     * @param at index of the tile's first element in C
     * @param ldc distance between two rows of C
     */
    static void move(int height, int width, float[] tile, boolean add, float[] c, int at, int ldc) {
        if (width > LANES) {
            moveVector(height, LANES, tile, 0, add, c, at, ldc);
            moveVector(height, width - LANES, tile, LANES, add, c, at + LANES, ldc);
        } else {
            moveVector(height, width, tile, 0, add, c, at, ldc);
        }
    }

    private static void moveVector(
            int height, int width, float[] tile, int from, boolean add, float[] c, int at, int ldc) {
        VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(width));
        if (add) {
            for (int i = 0; i < height; i++) {
                int to = at + i * ldc;
                FloatVector.fromArray(SPECIES, tile, from + i * NR).add(FloatVector.fromArray(SPECIES, c, to, mask))
                        .intoArray(c, to, mask);
            }
        } else {
            for (int i = 0; i < height; i++) {
                FloatVector.fromArray(SPECIES, tile, from + i * NR).intoArray(c, at + i * ldc, mask);
            }
        }
    }
}
