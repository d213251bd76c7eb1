package dev.lanewise;

import java.util.Objects;

/**
 * The checks of the facades. Sizes are computed in long arithmetic, on the last index that a kernel touches, and before
 * anything is written. A message names the argument, what it has and what it needs; that of an array that is null is the name.
 */
final class Checks {
    private Checks() {}

    /** The element count of a [rows x cols] array, as an int. */
    static int size(int rows, int cols) {
        long size = (long) rows * cols;
        if (rows < 0 || cols < 0 || size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "[" + rows + " x " + cols
                            + "] is not a size: each number must be 0 or more, and the product below 2^31");
        }
        return (int) size;
    }

    /** That n elements from the offset lie inside the array. */
    static void vector(String name, float[] data, int offset, long n) {
        span(name, length(name, data), offset, n);
    }

    /** That n elements from the offset lie inside the array. */
    static void vector(String name, int[] data, int offset, long n) {
        span(name, Objects.requireNonNull(data, name).length, offset, n);
    }

    /** The length of an array, which must be there. */
    static int length(String name, float[] data) {
        return Objects.requireNonNull(data, name).length;
    }

    private static void span(String name, int length, int offset, long n) {
        if (n < 0) {
            throw new IllegalArgumentException(name + ": the number of elements is negative: " + n);
        }
        if (offset < 0 || offset + n > length) {
            throw new IllegalArgumentException(
                    name + ": needs " + n + " elements from index " + offset + ", but its array has " + length);
        }
    }

    /** That a [rows x cols] matrix with the given distance between rows lies inside the array. */
    static void matrix(String name, float[] data, int offset, int rows, int cols, int stride) {
        int length = length(name, data);
        if (rows < 0 || cols < 0) {
            throw new IllegalArgumentException(name + ": negative shape [" + rows + " x " + cols + "]");
        }
        if (stride < cols) {
            throw new IllegalArgumentException(
                    name + ": the distance between rows, " + stride + ", is below its " + cols + " columns");
        }
        if (rows == 0 || cols == 0) {
            span(name, length, offset, 0);
            return;
        }
        long last = offset + (rows - 1L) * stride + cols;
        if (offset < 0 || last > length) {
            throw new IllegalArgumentException(
                    name + ": [" + rows + " x " + cols + "] with " + stride + " between rows from index " + offset
                            + " ends at index " + last + ", but its array has " + length + " elements");
        }
    }

    /** That a size is not negative. */
    static void notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be 0 or more, but is " + value);
        }
    }

    /**
     * That an output does not overlap an input, other than by being exactly in place where that is allowed. Spans are
     * given by their first and their last touched index.
     */
    static void disjoint(
            String outputName, float[] output, long outputFrom, long outputTo,
            String inputName, float[] input, long inputFrom, long inputTo) {
        if (output == input && outputFrom < inputTo && inputFrom < outputTo) {
            throw new IllegalArgumentException(
                    outputName + " overlaps " + inputName + ": elements " + outputFrom + ".." + outputTo + " and "
                            + inputFrom
                            + ".." + inputTo + " of one array; give it an array, or a part, of its own");
        }
    }
}
