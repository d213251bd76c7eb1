package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionTile.STRIP;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** What attention does to a strip besides products and exponentials: masks, biases, inner products of its columns. */
final class AttentionStrip {
    private AttentionStrip() {}

    /**
     * Hides from a strip of queries the keys they do not see: row j, key {@code key + j}, is seen by the lanes
     * {@code key + j - high - query .. key + j - low - query}.
     *
     * @param rows number of rows
     * @param key key of the first row
     * @param query query of the first lane
     * @param low query i sees keys from {@code i + low} on
     * @param high query i sees keys up to {@code i + high}
     * @param w holds the strip
     * @param at index of the first row
     */
    static void hide(int rows, int key, int query, int low, int high, float[] w, int at) {
        for (int j = 0; j < rows; j++) {
            int row = at + j * STRIP;
            long before = (long) key + j - high - query;
            long behind = (long) key + j - low - query + 1;
            if (before > 0) {
                Arrays.fill(w, row, row + (int) Math.min(before, STRIP), Float.NEGATIVE_INFINITY);
            }
            if (behind < STRIP) {
                Arrays.fill(w, row + (int) Math.max(behind, 0), row + STRIP, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** {@code x += y}, a strip each. */
    static void add(int rows, float[] w, int x, int y) {
        for (int i = 0; i < rows * STRIP; i += LANES) {
            FloatVector.fromArray(SPECIES, w, x + i).add(FloatVector.fromArray(SPECIES, w, y + i)).intoArray(w, x + i);
        }
    }

    /**
     * {@code dots[i] = sum over p of x[p, i] * y[p, i]} for the lanes of two strips, in the order of the depth: the products
     * of the register tiles are summed in the same.
     */
    static void dots(int depth, float[] w, int x, int y, float[] dots, int first) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        for (int p = 0, i = 0; p < depth; p++, i += STRIP) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, w, x + i);
            FloatVector x1 = FloatVector.fromArray(SPECIES, w, x + i + LANES);
            sum0 = x0.fma(FloatVector.fromArray(SPECIES, w, y + i), sum0);
            sum1 = x1.fma(FloatVector.fromArray(SPECIES, w, y + i + LANES), sum1);
        }
        sum0.intoArray(dots, first);
        sum1.intoArray(dots, first + LANES);
    }

    /** The squared length of each lane's column: {@code squares[i] = sum over p of panel[p, i]^2}. */
    static void squares(int depth, float[] w, int panel, float[] squares, int first) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        for (int p = 0, i = panel; p < depth; p++, i += STRIP) {
            FloatVector v0 = FloatVector.fromArray(SPECIES, w, i);
            FloatVector v1 = FloatVector.fromArray(SPECIES, w, i + LANES);
            sum0 = v0.fma(v0, sum0);
            sum1 = v1.fma(v1, sum1);
        }
        sum0.intoArray(squares, first);
        sum1.intoArray(squares, first + LANES);
    }
}
