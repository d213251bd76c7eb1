package dev.lanewise.testing;

import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * A [rows x cols] matrix inside a larger array, at an odd offset, with gaps between its rows. All around it lie guard
 * values: NaN of one bit pattern, which poison whatever reads them, and which must be there afterwards.
 */
public final class Block {
    private static final int GUARD_BITS = 0x7fc5a5a5;
    private static final float GUARD = Float.intBitsToFloat(GUARD_BITS);

    /** The array. */
    public final float[] data;

    /** Index of element (0, 0). */
    public final int offset;

    /** Number of rows. */
    public final int rows;

    /** Number of columns. */
    public final int cols;

    /** Distance between two rows. */
    public final int ld;

    private float[] before;

    private Block(int rows, int cols, int offset, int ld) {
        this.rows = rows;
        this.cols = cols;
        this.offset = offset;
        this.ld = ld;
        data = new float[offset + rows * ld + 19];
        java.util.Arrays.fill(data, GUARD);
        before = data.clone();
    }

    /** Values from the given source; offset and gaps are random. */
    public static Block of(Random random, int rows, int cols, DoubleSupplier values) {
        return new Block(rows, cols, random.nextInt(20), cols + random.nextInt(4)).fill(values);
    }

    /** Normally distributed values. */
    public static Block normal(Random random, int rows, int cols) {
        return of(random, rows, cols, random::nextGaussian);
    }

    /** Without gaps between rows; the offset is random. */
    public static Block dense(Random random, int rows, int cols, DoubleSupplier values) {
        return new Block(rows, cols, random.nextInt(20), cols).fill(values);
    }

    /** One row of normally distributed values. */
    public static Block vector(Random random, int n) {
        return dense(random, 1, n, random::nextGaussian);
    }

    /** Still full of guard values, for an output that must be overwritten without being read. */
    public static Block unset(Random random, int rows, int cols) {
        return of(random, rows, cols, () -> GUARD);
    }

    /** Still full of guard values, without gaps. */
    public static Block unsetDense(Random random, int rows, int cols) {
        return dense(random, rows, cols, () -> GUARD);
    }

    /** The same values in the same place of an array of its own. */
    public Block copy() {
        Block copy = new Block(rows, cols, offset, ld);
        System.arraycopy(data, 0, copy.data, 0, data.length);
        copy.before = copy.data.clone();
        return copy;
    }

    private Block fill(DoubleSupplier values) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                data[index(r, c)] = (float) values.getAsDouble();
            }
        }
        before = data.clone();
        return this;
    }

    /** Where an element lies. */
    public int index(int row, int col) {
        return offset + row * ld + col;
    }

    /** One element. */
    public float get(int row, int col) {
        return data[index(row, col)];
    }

    /** One element as it was when the block was made. */
    public float original(int row, int col) {
        return before[index(row, col)];
    }

    /** Changes one element, as part of the preparation. */
    public Block set(int row, int col, float value) {
        data[index(row, col)] = value;
        before[index(row, col)] = value;
        return this;
    }

    /** One row in double, as it was when the block was made. */
    public double[] row(int row) {
        double[] values = new double[cols];
        for (int c = 0; c < cols; c++) {
            values[c] = original(row, c);
        }
        return values;
    }

    /** All values in double, row after row, as they were when the block was made. */
    public double[] doubles() {
        double[] values = new double[rows * cols];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                values[r * cols + c] = original(r, c);
            }
        }
        return values;
    }

    /** That an input is bit by bit what it was. */
    public void assertUnchanged(String name) {
        for (int i = 0; i < data.length; i++) {
            if (Float.floatToRawIntBits(data[i]) != Float.floatToRawIntBits(before[i])) {
                throw new AssertionError(
                        name + " was modified at index " + i + ": " + before[i] + " became " + data[i]);
            }
        }
    }

    /** That nothing around the matrix and between its rows was written. */
    public void assertGuarded(String name) {
        for (int i = 0; i < data.length; i++) {
            int at = i - offset;
            boolean inside = at >= 0 && ld > 0 && at / ld < rows && at % ld < cols;
            if (!inside && Float.floatToRawIntBits(data[i]) != GUARD_BITS) {
                throw new AssertionError(
                        name + " [" + rows + " x " + cols + "], offset " + offset + ", stride " + ld
                                + " was written outside, at index " + i + ": " + data[i]);
            }
        }
    }
}
