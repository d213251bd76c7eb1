package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionTile.STRIP;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Copies operands of attention into the order in which its register tiles read them, and back. */
final class AttentionPanels {
    private AttentionPanels() {}

    /**
     * Rows transposed, in strips: element (i, p) of a strip at {@code p * STRIP + i}. The last strip is filled up with zeros.
     * Writes up to a vector more than the strips.
     *
     * @param rows number of rows
     * @param columns headDim
     * @param factor factor of every element
     * @param x the rows
     * @param xOffset index of the first
     * @param ld distance between two
     * @param w receives the strips
     * @param at index of the first
     */
    static void transpose(int rows, int columns, float factor, float[] x, int xOffset, int ld, float[] w, int at) {
        Packing.pack(STRIP, rows, columns, factor, x, xOffset, ld, 1, w, at);
    }

    /**
     * Rows as they lie, in panels of {@code STRIP} columns; the last one is filled up with zeros.
     *
     * @param rows number of rows
     * @param columns headDim
     * @param x the rows
     * @param xOffset index of the first
     * @param ld distance between two
     * @param w receives the panels
     * @param at index of the first panel
     * @param panel distance between two panels
     */
    static void copy(int rows, int columns, float[] x, int xOffset, int ld, float[] w, int at, int panel) {
        int to = at;
        int j = 0;
        for (; j + STRIP <= columns; j += STRIP, to += panel) {
            copyPanel(rows, x, xOffset + j, ld, w, to);
        }
        if (j < columns) {
            copyLastPanel(rows, columns - j, x, xOffset + j, ld, w, to);
        }
    }

    private static void copyPanel(int rows, float[] x, int xOffset, int ld, float[] w, int at) {
        int from = xOffset;
        int to = at;
        for (int r = 0; r < rows; r++) {
            FloatVector v0 = FloatVector.fromArray(SPECIES, x, from);
            FloatVector v1 = FloatVector.fromArray(SPECIES, x, from + LANES);
            v0.intoArray(w, to);
            v1.intoArray(w, to + LANES);
            from += ld;
            to += STRIP;
        }
    }

    private static void copyLastPanel(int rows, int columns, float[] x, int xOffset, int ld, float[] w, int at) {
        VectorMask<Float> first = VectorMask.fromLong(SPECIES, firstBits(columns));
        VectorMask<Float> second = VectorMask.fromLong(SPECIES, firstBits(Math.max(0, columns - LANES)));
        int from = xOffset;
        int to = at;
        for (int r = 0; r < rows; r++) {
            FloatVector.fromArray(SPECIES, x, from, first).intoArray(w, to);
            if (columns > LANES) {
                FloatVector.fromArray(SPECIES, x, from + LANES, second).intoArray(w, to + LANES);
            } else {
                FloatVector.zero(SPECIES).intoArray(w, to + LANES);
            }
            from += ld;
            to += STRIP;
        }
    }

    /**
     * The way back: {@code x[r, :] = factor * panels[r, :]}, or added to x, one product and one addition an element.
     *
     * @param rows number of rows
     * @param columns headDim
     * @param factor factor of every element
     * @param w holds the panels
     * @param at index of the first row in the first panel
     * @param panel distance between two panels
     * @param x receives the rows
     * @param xOffset index of the first
     * @param ld distance between two
     * @param add whether to add
     */
    static void store(
            int rows, int columns, float factor, float[] w, int at, int panel, float[] x, int xOffset, int ld,
            boolean add) {
        for (int r = 0; r < rows; r++) {
            storeRow(columns, factor, w, at + r * STRIP, panel, x, xOffset + r * ld, add);
        }
    }

    /** One row of {@link #store}. */
    static void storeRow(
            int columns, float factor, float[] w, int at, int panel, float[] x, int xOffset, boolean add) {
        int from = at;
        int c = 0;
        if (add) {
            for (; c + STRIP <= columns; c += STRIP, from += panel) {
                int to = xOffset + c;
                FloatVector v0 = FloatVector.fromArray(SPECIES, w, from).mul(factor);
                FloatVector v1 = FloatVector.fromArray(SPECIES, w, from + LANES).mul(factor);
                v0.add(FloatVector.fromArray(SPECIES, x, to)).intoArray(x, to);
                v1.add(FloatVector.fromArray(SPECIES, x, to + LANES)).intoArray(x, to + LANES);
            }
        } else {
            for (; c + STRIP <= columns; c += STRIP, from += panel) {
                FloatVector v0 = FloatVector.fromArray(SPECIES, w, from).mul(factor);
                FloatVector v1 = FloatVector.fromArray(SPECIES, w, from + LANES).mul(factor);
                v0.intoArray(x, xOffset + c);
                v1.intoArray(x, xOffset + c + LANES);
            }
        }
        for (; c < columns; c += LANES, from += LANES) {
            storeRest(Math.min(LANES, columns - c), factor, w, from, x, xOffset + c, add);
        }
    }

    /** The last columns of a row, where they don't fill a panel: up to a vector of them. */
    private static void storeRest(int columns, float factor, float[] w, int from, float[] x, int to, boolean add) {
        VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(columns));
        FloatVector v = FloatVector.fromArray(SPECIES, w, from).mul(factor);
        if (add) {
            v.add(FloatVector.fromArray(SPECIES, x, to, mask)).intoArray(x, to, mask);
        } else {
            v.intoArray(x, to, mask);
        }
    }

    /** Zeros in some rows. */
    static void clear(int rows, int columns, float[] x, int xOffset, int ld) {
        for (int r = 0; r < rows; r++) {
            int row = xOffset + r * ld;
            Arrays.fill(x, row, row + columns, 0f);
        }
    }
}
