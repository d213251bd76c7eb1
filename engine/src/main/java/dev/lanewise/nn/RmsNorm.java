package dev.lanewise.nn;

import dev.lanewise.Engine;
import java.util.List;

/**
 * Normalisation by the root of the mean square: {@code y = x * rstd * gamma} with
 * {@code rstd = 1 / sqrt(sum(x^2) / dim + epsilon)} of each row. Gamma starts at one. Source: Zhang, Sennrich, Root Mean
 * Square Layer Normalization, 2019 (1910.07467).
 */
public final class RmsNorm extends TokenNorm {
    /** Keeps the root away from zero. */
    public static final float EPSILON = 1e-5f;

    /** What the forward pass keeps: one rstd for each row. Grown to the largest batch. */
    public static final class Activations {
        private final Statistics statistics = new Statistics();
        private final Held held = new Held();

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * The reciprocal roots of the mean squares of the rows.
         *
         * @return [rows], live
         */
        public float[] rstd() {
            return statistics.rstd;
        }
    }

    private final int dim;
    private final Parameter gamma;

    /**
     * A layer.
     *
     * @param builder takes the parameter {@code name.gamma}
     * @param name name of the layer
     * @param dim columns
     * @throws IllegalArgumentException if {@code dim} is below 1
     */
    public RmsNorm(Parameters.Builder builder, String name, int dim) {
        this.dim = Shapes.positive(name + ": dim", dim);
        gamma = builder.add(name + ".gamma", 1, dim, Initializer.constant(1f), false);
    }

    /**
     * Normalises rows.
     *
     * @param engine runs it
     * @param rows number of rows
     * @param x [rows x dim]; not modified unless it is y
     * @param y [rows x dim]; overwritten. In place over x only where no backward pass follows
     * @param kept receives what {@link #backward} needs
     * @throws IllegalArgumentException if an array is too small
     */
    public void forward(Engine engine, int rows, float[] x, float[] y, Activations kept) {
        Shapes.dense("x", x, rows, dim);
        Shapes.dense("y", y, rows, dim);
        kept.held.clear();
        reserve(rows, kept.statistics);
        forwardRows(engine, 0, rows, x, y, 0, kept.statistics);
        kept.held.set(rows);
    }

    /**
     * Adds to the gradient of gamma, and adds the input gradient to dX. With {@code h = x * rstd} and {@code g = dY * gamma}:
     * {@code dX += rstd * (g - h * average(g * h))}.
     *
     * @param engine runs it
     * @param rows number of rows
     * @param x [rows x dim], the input of the forward pass; not modified
     * @param dY [rows x dim]; not modified
     * @param dX [rows x dim], another array than dY and x; added to
     * @param kept what the forward pass kept; not modified
     * @throws IllegalArgumentException if an array is too small, dX is dY or x, or there are other rows than in the forward
     *     pass; nothing is written then
     * @throws IllegalStateException if there has been no forward pass
     */
    public void backward(Engine engine, int rows, float[] x, float[] dY, float[] dX, Activations kept) {
        kept.held.check(rows);
        Shapes.dense("x", x, rows, dim);
        Shapes.dense("dY", dY, rows, dim);
        Shapes.dense("dX", dX, rows, dim);
        Shapes.apart("dX", dX, "dY", dY);
        Shapes.apart("dX", dX, "x", x);
        backwardRows(engine, 0, rows, x, dY, 0, dX, Write.ADD, kept.statistics, GradientShare.MODEL);
    }

    @Override
    void reserve(int rows, Statistics kept) {
        kept.rstd = Shapes.grow(kept.rstd, rows);
    }

    @Override
    void forwardRows(Engine engine, int row, int rows, float[] x, float[] y, int yAt, Statistics kept) {
        engine.rmsNorm()
                .rmsNorm(
                        rows, dim, EPSILON, x, row * dim, dim, gamma.values(), gamma.offset(), y, yAt, dim, kept.rstd,
                        row);
    }

    @Override
    void addForwardRows(
            Engine engine, int row, int rows, float[] x, float[] residual, Parameter bias, float[] sum, float[] y,
            Statistics kept) {
        int at = row * dim;
        if (bias != null) {
            engine.elementwise().addBias(rows, dim, x, 0, dim, bias.values(), bias.offset(), x, 0, dim);
        }
        engine.elementwise().add(rows * dim, x, 0, residual, at, sum, at);
        forwardRows(engine, row, rows, sum, y, 0, kept);
    }

    @Override
    void backwardRows(
            Engine engine, int row, int rows, float[] x, float[] dY, int dYAt, float[] dX, Write write,
            Statistics kept, GradientShare share) {
        int at = row * dim;
        engine.rmsNorm()
                .rmsNormGradients(
                        rows, dim, dY, dYAt, dim, x, at, dim, gamma.values(), gamma.offset(), kept.rstd, row,
                        write == Write.ADD, dX, at, dim, share.array(gamma), share.at(gamma));
    }

    @Override
    List<Parameter> parameters() {
        return List.of(gamma);
    }
}
