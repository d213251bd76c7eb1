package dev.lanewise.examples.imdb.model;

import java.util.List;

/**
 * A named array's content: row-major float32 values and their shape. The array is shared with the caller, not copied.
 *
 * @param shape the extent of each dimension, outermost first; empty for a single value
 * @param values the values, as many as the product of the extents
 */
public record Tensor(List<Integer> shape, float[] values) {

    /**
     * Checks that the values fill the shape.
     *
     * @throws IllegalArgumentException if an extent is negative or the count of values differs from the shape's product
     */
    public Tensor {
        shape = List.copyOf(shape);
        long size = 1;
        for (int extent : shape) {
            if (extent < 0) {
                throw new IllegalArgumentException("negative extent in shape " + shape);
            }
            size = Math.multiplyExact(size, (long) extent);
        }
        if (size != values.length) {
            throw new IllegalArgumentException(
                    "shape " + shape + " has " + size + " elements, but there are " + values.length + " values");
        }
    }

    /**
     * Wraps a vector `[n]`.
     *
     * @param values the values
     * @return a tensor of one dimension that shares {@code values}
     */
    public static Tensor vector(float... values) {
        return new Tensor(List.of(values.length), values);
    }

    /**
     * Wraps a matrix `[rows x cols]`.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param values the values, row after row
     * @return a tensor of two dimensions that shares {@code values}
     */
    public static Tensor matrix(int rows, int cols, float[] values) {
        return new Tensor(List.of(rows, cols), values);
    }
}
