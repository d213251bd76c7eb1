package dev.lanewise.optim;

import dev.lanewise.ElementwiseOps;
import dev.lanewise.Engine;
import dev.lanewise.nn.ParameterTable;
import dev.lanewise.nn.Parameters;
import dev.lanewise.runtime.Workers;
import java.util.List;

/**
 * Clipping by the global norm: where the Euclidean norm of all gradients, the dense ones and the
 * touched rows of tables, exceeds a bound, all are scaled down so that it equals the bound. Source:
 * Pascanu, Mikolov, Bengio, On the Difficulty of Training Recurrent Neural Networks, 2013 (1211.5063).
 *
 * <p>{@link #clip} scales the gradients, in a pass over all of them. Where the optimiser takes a factor, {@link #norm} and
 * {@link #factor} save that pass:
 *
 * <pre>{@code
 * double norm = clipping.norm(engine, parameters);
 * optimizer.step(engine, learningRate, clipping.factor(norm));
 * }</pre>
 *
 * <p>The sum runs in a fixed order: the same bits for any number of threads.
 */
public final class GradientClipping {
    /** Rows whose squares are summed as one part: some microseconds of work, whatever the threads. */
    private static final int ROWS_PER_PART = 256;

    private final double maxNorm;
    private final Workers.Task squaring = this::square;
    private final Workers.Task scaling = this::scale;

    /** What the tasks work on, during a call. */
    private ElementwiseOps operations;

    private ParameterTable table;
    private float factor;
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
        double norm = norm(engine, parameters);
        factor = factor(norm);
        if (factor != 1f) {
            float[] dense = parameters.gradients();
            List<ParameterTable> tables = parameters.tables();
            engine.elementwise().scale(dense.length, factor, dense, 0, dense, 0);
            for (int i = 0; i < tables.size(); i++) {
                run(engine, tables.get(i), scaling);
            }
        }
        return norm;
    }

    /**
     * Measures the gradients, which stay as they are.
     *
     * @param engine runs it
     * @param parameters whose gradients are measured; not modified
     * @return the norm of all gradients; NaN or infinity if a gradient is
     */
    public double norm(Engine engine, Parameters parameters) {
        float[] dense = parameters.gradients();
        List<ParameterTable> tables = parameters.tables();
        double squares = engine.elementwise().sumOfSquares(dense.length, dense, 0);
        // By index: an iterator would be an object a call.
        for (int i = 0; i < tables.size(); i++) {
            squares += sumOfSquares(engine, tables.get(i));
        }
        return Math.sqrt(squares);
    }

    /**
     * What {@link #clip} multiplies gradients by: {@code maxNorm / norm} where the norm is above the bound and finite, else 1.
     *
     * @param norm of all gradients
     * @return the factor, for {@link AdamW#step(Engine, float, float)}
     */
    public float factor(double norm) {
        return norm > maxNorm && norm < Double.POSITIVE_INFINITY ? (float) (maxNorm / norm) : 1f;
    }

    private double sumOfSquares(Engine engine, ParameterTable rows) {
        int parts = parts(rows);
        if (partSums.length < parts) {
            partSums = new double[parts];
        }
        run(engine, rows, squaring);
        double sum = 0;
        for (int part = 0; part < parts; part++) {
            sum += partSums[part];
        }
        return sum;
    }

    /** Runs a task over the touched rows of a table. */
    private void run(Engine engine, ParameterTable rows, Workers.Task task) {
        operations = engine.elementwise();
        table = rows;
        engine.workers().run(parts(rows), task);
        operations = null;
        table = null;
    }

    private void square(int part) {
        int dim = table.parameter().cols();
        float[] gradients = table.parameter().gradients();
        double sum = 0;
        int to = Math.min(table.touchedCount(), (part + 1) * ROWS_PER_PART);
        for (int i = part * ROWS_PER_PART; i < to; i++) {
            sum += operations.sumOfSquares(dim, gradients, table.touchedRows()[i] * dim);
        }
        partSums[part] = sum;
    }

    private void scale(int part) {
        int dim = table.parameter().cols();
        float[] gradients = table.parameter().gradients();
        int to = Math.min(table.touchedCount(), (part + 1) * ROWS_PER_PART);
        for (int i = part * ROWS_PER_PART; i < to; i++) {
            int row = table.touchedRows()[i] * dim;
            operations.scale(dim, factor, gradients, row, gradients, row);
        }
    }

    private static int parts(ParameterTable table) {
        return (table.touchedCount() + ROWS_PER_PART - 1) / ROWS_PER_PART;
    }
}
