package dev.lanewise.optim;

import dev.lanewise.Engine;
import dev.lanewise.nn.ParameterTable;
import dev.lanewise.nn.Parameters;

/**
 * Clipping by the global norm: where the Euclidean norm of all gradients, the dense ones and the
 * touched rows of tables, exceeds a bound, all are scaled down so that it equals the bound. Source:
 * Pascanu, Mikolov, Bengio, On the Difficulty of Training Recurrent Neural Networks, 2013 (1211.5063).
 *
 * <p>The sum runs in a fixed order: the same bits for any number of threads.
 */
public final class GradientClipping {
    /** Rows whose squares are summed as one part: some microseconds of work, whatever the threads. */
    private static final int ROWS_PER_PART = 256;

    private final double maxNorm;
    private double[] partSums = new double[0];

    /**
     * A clipping, with scratch of its own: one for each training that runs at a time.
     *
     * @param maxNorm largest norm that stays, above 0; infinity only measures
     * @throws IllegalArgumentException if the norm is not above 0
     */
    public GradientClipping(double maxNorm) {
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("maxNorm must be above 0, but is " + maxNorm);
        }
        this.maxNorm = maxNorm;
    }

    /**
     * Clips the gradients.
     *
     * @param engine runs it
     * @param parameters whose gradients are scaled, where the norm is above the bound and finite
     * @return the norm before; NaN or infinity if a gradient is, and then nothing is scaled
     */
    public double clip(Engine engine, Parameters parameters) {
        float[] dense = parameters.gradients();
        double squares = engine.elementwise().sumOfSquares(dense.length, dense, 0);
        for (ParameterTable table : parameters.tables()) {
            squares += sumOfSquares(engine, table);
        }
        double norm = Math.sqrt(squares);
        if (norm > maxNorm && norm < Double.POSITIVE_INFINITY) {
            float factor = (float) (maxNorm / norm);
            engine.elementwise().scale(dense.length, factor, dense, 0, dense, 0);
            for (ParameterTable table : parameters.tables()) {
                scale(engine, table, factor);
            }
        }
        return norm;
    }

    private double sumOfSquares(Engine engine, ParameterTable table) {
        int parts = parts(table);
        if (partSums.length < parts) {
            partSums = new double[parts];
        }
        int dim = table.parameter().cols();
        float[] gradients = table.parameter().gradients();
        int[] rows = table.touchedRows();
        double[] sums = partSums;
        engine.workers()
                .run(
                        parts,
                        part -> {
                            double sum = 0;
                            int to = Math.min(table.touchedCount(), (part + 1) * ROWS_PER_PART);
                            for (int i = part * ROWS_PER_PART; i < to; i++) {
                                sum += engine.elementwise()
                                        .sumOfSquares(dim, gradients, rows[i] * dim);
                            }
                            sums[part] = sum;
                        });
        double sum = 0;
        for (int part = 0; part < parts; part++) {
            sum += sums[part];
        }
        return sum;
    }

    private static void scale(Engine engine, ParameterTable table, float factor) {
        int dim = table.parameter().cols();
        float[] gradients = table.parameter().gradients();
        int[] rows = table.touchedRows();
        engine.workers()
                .run(
                        parts(table),
                        part -> {
                            int to = Math.min(table.touchedCount(), (part + 1) * ROWS_PER_PART);
                            for (int i = part * ROWS_PER_PART; i < to; i++) {
                                int row = rows[i] * dim;
                                engine.elementwise().scale(dim, factor, gradients, row, gradients, row);
                            }
                        });
    }

    private static int parts(ParameterTable table) {
        return (table.touchedCount() + ROWS_PER_PART - 1) / ROWS_PER_PART;
    }
}
