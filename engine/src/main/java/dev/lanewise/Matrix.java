package dev.lanewise;

import java.util.Objects;

/**
 * A row-major view of a {@code float[]}: element (r, c) is {@code data[offset + r * stride + c]}. A view owns nothing and
 * copies nothing; several may look at one array.
 *
 * @param data the values
 * @param offset index of element (0, 0)
 * @param rows number of rows, 0 or more
 * @param cols number of columns, 0 or more
 * @param stride distance between two rows, at least {@code cols}
 */
public record Matrix(float[] data, int offset, int rows, int cols, int stride) {
    /**
     * Checks that the view lies inside the array.
     *
     * @throws IllegalArgumentException if a size is negative, the stride is below the columns, or the last element lies
     *     outside the array
     * @throws NullPointerException if {@code data} is null
     */
    public Matrix {
        Checks.matrix("matrix", Objects.requireNonNull(data, "data"), offset, rows, cols, stride);
    }

    /**
     * A dense view of a whole array.
     *
     * @param data the values, row after row
     * @param rows number of rows
     * @param cols number of columns
     * @return the view
     * @throws IllegalArgumentException if the array has not exactly {@code rows * cols} elements
     */
    public static Matrix of(float[] data, int rows, int cols) {
        if ((long) rows * cols != data.length) {
            throw new IllegalArgumentException(
                    "a dense [" + rows + " x " + cols + "] matrix has " + (long) rows * cols
                            + " elements, but the array has "
                            + data.length);
        }
        return new Matrix(data, 0, rows, cols, cols);
    }

    /**
     * A new matrix of zeros.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @return a dense matrix
     * @throws IllegalArgumentException if a size is negative or the matrix would have 2^31 elements or more
     */
    public static Matrix zeros(int rows, int cols) {
        return new Matrix(new float[Checks.size(rows, cols)], 0, rows, cols, cols);
    }

    /**
     * A part of this matrix that shares its array.
     *
     * @param row first row
     * @param col first column
     * @param rows number of rows
     * @param cols number of columns
     * @return the view
     * @throws IllegalArgumentException if the part lies outside this matrix
     */
    public Matrix slice(int row, int col, int rows, int cols) {
        if (row < 0 || col < 0 || rows < 0 || cols < 0 || (long) row + rows > this.rows
                || (long) col + cols > this.cols) {
            throw new IllegalArgumentException(
                    "rows " + row + ".." + ((long) row + rows) + " and columns " + col + ".." + ((long) col + cols)
                            + " do not lie inside a " + shape() + " matrix");
        }
        // An empty part may start behind the last element: anchor it where the view is legal.
        boolean empty = rows == 0 || cols == 0;
        return new Matrix(data, empty ? offset : offset + row * stride + col, rows, cols, stride);
    }

    /**
     * Reads one element.
     *
     * @param row its row
     * @param col its column
     * @return the value
     * @throws IndexOutOfBoundsException if the element lies outside the matrix
     */
    public float get(int row, int col) {
        return data[index(row, col)];
    }

    /**
     * Writes one element.
     *
     * @param row its row
     * @param col its column
     * @param value the new value
     * @throws IndexOutOfBoundsException if the element lies outside the matrix
     */
    public void set(int row, int col, float value) {
        data[index(row, col)] = value;
    }

    private int index(int row, int col) {
        if (row < 0 || row >= rows || col < 0 || col >= cols) {
            throw new IndexOutOfBoundsException("(" + row + ", " + col + ") lies outside a " + shape() + " matrix");
        }
        return offset + row * stride + col;
    }

    String shape() {
        return "[" + rows + " x " + cols + "]";
    }

    /**
     * The shape and where it lies, not the values.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return "Matrix " + shape() + " at " + offset + ", stride " + stride;
    }
}
