package dev.lanewise.nn;

import dev.lanewise.Matrix;

/**
 * A named part of a model's parameters, [rows x cols] and dense from {@link #offset} of an array that
 * it shares with others. A vector has one row. The arrays are there once
 * {@link Parameters.Builder#build} has run.
 */
public final class Parameter {
    /** The arrays that parameters share; the gradients come into being when they are first used. */
    static final class Store {
        private final float[] values;
        private volatile float[] gradients;

        Store(int size) {
            values = new float[size];
        }

        float[] values() {
            return values;
        }

        float[] gradients() {
            float[] there = gradients;
            return there == null ? makeGradients() : there;
        }

        private synchronized float[] makeGradients() {
            if (gradients == null) {
                gradients = new float[values.length];
            }
            return gradients;
        }
    }

    private final String name;
    private final int rows;
    private final int cols;
    private final boolean decays;
    private final Initializer initializer;
    private Store store;
    private int offset;

    Parameter(String name, int rows, int cols, boolean decays, Initializer initializer) {
        this.name = name;
        this.rows = rows;
        this.cols = cols;
        this.decays = decays;
        this.initializer = initializer;
        Shapes.size(name, rows, cols);
    }

    /** Gives the parameter its place and its first values. */
    void bind(Store store, int offset, long seed) {
        this.store = store;
        this.offset = offset;
        long key = CounterRandom.key(seed, name);
        int size = size();
        for (int i = 0; i < size; i++) {
            store.values[offset + i] = initializer.value(key, i);
        }
    }

    /**
     * The name, unique within a model, such as {@code encoder.0.attention.output.weight}.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The number of rows.
     *
     * @return rows; 1 for a vector
     */
    public int rows() {
        return rows;
    }

    /**
     * The number of columns.
     *
     * @return columns
     */
    public int cols() {
        return cols;
    }

    /**
     * The number of elements.
     *
     * @return {@code rows * cols}
     */
    public int size() {
        return rows * cols;
    }

    /**
     * Whether weight decay acts on it; usually matrices decay, biases and norms do not.
     *
     * @return true if it decays
     */
    public boolean decays() {
        return decays;
    }

    /**
     * The array that holds the values, and those of other parameters.
     *
     * @return the live array
     * @throws IllegalStateException if the parameters have not been built yet
     */
    public float[] values() {
        return bound().values();
    }

    /**
     * The array that holds the gradients, at the same places as the values.
     *
     * @return the live array
     * @throws IllegalStateException if the parameters have not been built yet
     */
    public float[] gradients() {
        return bound().gradients();
    }

    /**
     * Where the parameter starts in both arrays.
     *
     * @return index of the first element
     */
    public int offset() {
        return offset;
    }

    /**
     * A view of the values.
     *
     * @return [rows x cols], live
     * @throws IllegalStateException if the parameters have not been built yet
     */
    public Matrix matrix() {
        return new Matrix(values(), offset, rows, cols, cols);
    }

    /**
     * A view of the gradients.
     *
     * @return [rows x cols], live
     * @throws IllegalStateException if the parameters have not been built yet
     */
    public Matrix gradientMatrix() {
        return new Matrix(gradients(), offset, rows, cols, cols);
    }

    private Store bound() {
        if (store == null) {
            throw new IllegalStateException(
                    "parameter " + name + " has no values yet; call Parameters.Builder.build() after"
                            + " making the layers");
        }
        return store;
    }

    /**
     * Name and shape.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return name + " [" + rows + " x " + cols + "]";
    }
}
