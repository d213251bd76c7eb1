package dev.lanewise.nn;

import dev.lanewise.Engine;
import java.util.List;

/**
 * Layer normalisation: {@code y = (x - mean) * rstd * gamma + beta}, with mean and
 * {@code rstd = 1 / sqrt(variance + epsilon)} taken over each row. Gamma starts at one, beta at zero.
 * Source: Ba, Kiros, Hinton, Layer Normalization, 2016 (1607.06450).
 */
public final class LayerNorm extends TokenNorm {
    /** Keeps the root away from zero; the value of the paper's and everybody's implementations. */
    public static final float EPSILON = 1e-5f;

    /** What the forward pass keeps: one mean and one rstd for each row. Grown to the largest batch. */
    public static final class Activations {
        private final Statistics statistics = new Statistics();
        private final Held held = new Held();

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * The means of the rows.
         *
         * @return [rows], live
         */
        public float[] mean() {
            return statistics.mean;
        }

        /**
         * The reciprocal standard deviations of the rows.
         *
         * @return [rows], live
         */
        public float[] rstd() {
            return statistics.rstd;
        }
    }

    private final int dim;
    private final Parameter gamma;
    private final Parameter beta;

    /**
     * A layer.
     *
     * @param builder takes the parameters {@code name.gamma} and {@code name.beta}
     * @param name name of the layer
     * @param dim columns
     * @throws IllegalArgumentException if {@code dim} is below 1
     */
    public LayerNorm(Parameters.Builder builder, String name, int dim) {
        this.dim = Shapes.positive(name + ": dim", dim);
        gamma = builder.add(name + ".gamma", 1, dim, Initializer.constant(1f), false);
        beta = builder.add(name + ".beta", 1, dim, Initializer.constant(0f), false);
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

    @Override
    void reserve(int rows, Statistics kept) {
        kept.mean = Shapes.grow(kept.mean, rows);
        kept.rstd = Shapes.grow(kept.rstd, rows);
    }

    @Override
    void forwardRows(Engine engine, int row, int rows, float[] x, float[] y, int yAt, Statistics kept) {
        int at = row * dim;
        engine.norm()
                .layerNorm(
                        rows, dim, EPSILON, x, at, dim, gamma.values(), gamma.offset(),
                        beta.values(), beta.offset(), y, yAt, dim, kept.mean, row, kept.rstd, row);
    }

    @Override
    void addForwardRows(
            Engine engine, int row, int rows, float[] x, float[] residual, Parameter bias, float[] sum, float[] y,
            Statistics kept) {
        int at = row * dim;
        engine.norm()
                .addLayerNorm(
                        rows, dim, EPSILON, x, 0, dim, residual, at, dim, bias == null ? null : bias.values(),
                        bias == null ? 0 : bias.offset(), gamma.values(), gamma.offset(), beta.values(),
                        beta.offset(), sum, at, dim, y, 0, dim, kept.mean, row, kept.rstd, row);
    }

    /**
     * Adds to the gradients of gamma and beta, and adds the input gradient to dX. With
     * {@code h = (x - mean) * rstd} and {@code g = dY * gamma}:
     * {@code dX += rstd * (g - average(g) - h * average(g * h))}.
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
    public void backward(
            Engine engine, int rows, float[] x, float[] dY, float[] dX, Activations kept) {
        kept.held.check(rows);
        Shapes.dense("x", x, rows, dim);
        Shapes.dense("dY", dY, rows, dim);
        Shapes.dense("dX", dX, rows, dim);
        Shapes.apart("dX", dX, "dY", dY);
        Shapes.apart("dX", dX, "x", x);
        backwardRows(engine, 0, rows, x, dY, 0, dX, Write.ADD, kept.statistics, GradientShare.MODEL);
    }

    @Override
    void backwardRows(
            Engine engine, int row, int rows, float[] x, float[] dY, int dYAt, float[] dX, Write write,
            Statistics kept, GradientShare share) {
        int at = row * dim;
        engine.norm()
                .layerNormGradients(
                        rows, dim, dY, dYAt, dim, x, at, dim, gamma.values(), gamma.offset(), kept.mean, row, kept.rstd,
                        row, write == Write.ADD, dX, at, dim, share.array(gamma), share.at(gamma), share.array(beta),
                        share.at(beta));
    }

    @Override
    List<Parameter> parameters() {
        return List.of(gamma, beta);
    }
}
