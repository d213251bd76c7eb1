package dev.lanewise.nn;

import dev.lanewise.Engine;
import java.util.List;

/** What the norms have in common, for the passes of a block: parts of larger arrays, and shares of gradients. */
abstract class TokenNorm {
    /** What a forward pass keeps of each row. Grown to the largest batch. */
    static final class Statistics {
        float[] mean = new float[0];
        float[] rstd = new float[0];
    }

    TokenNorm() {}

    /** A norm of the given kind over {@code dim} columns. */
    static TokenNorm of(Normalization kind, Parameters.Builder builder, String name, int dim) {
        return switch (kind) {
            case LAYER -> new LayerNorm(builder, name, dim);
            case RMS -> new RmsNorm(builder, name, dim);
        };
    }

    /** Makes room for what is kept of so many rows. */
    abstract void reserve(int rows, Statistics kept);

    /** Normalises rows of x from number {@code row} on; those of y start at index yAt. */
    abstract void forwardRows(Engine engine, int row, int rows, float[] x, float[] y, int yAt, Statistics kept);

    /**
     * {@code sum = x + residual + bias}, rows from number {@code row} on, and normalises it; rows of x and y start at index
     * 0.
     *
     * @param x not modified, unless the norm needs the memory
     * @param bias what is added to each row; null for nothing
     */
    abstract void addForwardRows(
            Engine engine, int row, int rows, float[] x, float[] residual, Parameter bias, float[] sum, float[] y,
            Statistics kept);

    /**
     * Gradients for rows of x and dX from number {@code row} on, whose dY start at index dYAt: dX is written, those of the
     * parameters are added to the share.
     */
    abstract void backwardRows(
            Engine engine, int row, int rows, float[] x, float[] dY, int dYAt, float[] dX, Write write,
            Statistics kept, GradientShare share);

    /** The parameters, in the order in which they were registered. */
    abstract List<Parameter> parameters();
}
