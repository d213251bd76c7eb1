package dev.lanewise.examples.imdb.training;

import dev.lanewise.Engine;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ParameterTable;
import dev.lanewise.nn.Parameters;
import java.util.List;

/**
 * Updates the rows of the embedding tables that a step has touched. A row that speaks clearly for one class moves faster,
 * and one number for all rows stands for the second moment that Adam keeps for each value:
 *
 * <pre>
 * g'  = g * (min(r², 6) + 0.5)                with r the row's {@link ClassRatios}
 * v   = 0.99 v + 0.01 * mean of g'² over the values of the touched rows
 * row = row - rate * g' / sqrt(v / (1 - 0.99^t))
 * </pre>
 *
 * Adam's own moments take two more tables, and let a row that is seen three times an epoch move at full rate each time,
 * which learns rare n-grams by heart.
 */
final class RowUpdate {

    private static final float RATIO_CAP = 6;
    private static final float BASE_RATE = 0.5f;
    private static final double MEMORY = 0.99;

    /** Some microseconds of work, whatever the threads; sums of parts are added in order. */
    private static final int ROWS_PER_PART = 256;

    private final Parameters tables;
    private final List<float[]> rates;
    private double moment;
    private double bias = 1;
    private double[] partSums = new double[0];

    /**
     * Prepares an update.
     *
     * @param tables what is updated
     * @param ratios class ratios of the rows of each table, turned into rates in place
     */
    RowUpdate(Parameters tables, List<float[]> ratios) {
        this.tables = tables;
        this.rates = ratios;
        for (float[] ratio : ratios) {
            for (int i = 0; i < ratio.length; i++) {
                ratio[i] = Math.min(ratio[i] * ratio[i], RATIO_CAP) + BASE_RATE;
            }
        }
    }

    /**
     * One step; the gradients become zero.
     *
     * @param engine runs it
     * @param rate learning rate of this step
     * @return whether all gradients were finite; if not, nothing has changed
     */
    boolean step(Engine engine, double rate) {
        double squares = 0;
        long values = 0;
        for (int i = 0; i < rates.size(); i++) {
            ParameterTable table = tables.tables().get(i);
            squares += squares(engine, table, rates.get(i));
            values += (long) table.touchedCount() * table.parameter().cols();
        }
        if (!Double.isFinite(squares)) {
            return false;
        }
        if (values == 0) {
            return true;
        }
        moment = MEMORY * moment + (1 - MEMORY) * squares / values;
        bias *= MEMORY;
        double deviation = Math.sqrt(moment / (1 - bias));
        if (deviation > 0) {
            float factor = (float) (rate / deviation);
            for (int i = 0; i < rates.size(); i++) {
                move(engine, tables.tables().get(i), rates.get(i), factor);
            }
        }
        tables.zeroGradients();
        return true;
    }

    private double squares(Engine engine, ParameterTable table, float[] rate) {
        int parts = parts(table);
        if (partSums.length < parts) {
            partSums = new double[parts];
        }
        Parameter rows = table.parameter();
        double[] sums = partSums;
        engine.workers().run(parts, part -> {
            double sum = 0;
            for (int i = part * ROWS_PER_PART; i < end(table, part); i++) {
                int row = table.touchedRows()[i];
                double own = engine.elementwise().sumOfSquares(rows.cols(), rows.gradients(), row * rows.cols());
                sum += own * rate[row] * rate[row];
            }
            sums[part] = sum;
        });
        double sum = 0;
        for (int part = 0; part < parts; part++) {
            sum += sums[part];
        }
        return sum;
    }

    private static void move(Engine engine, ParameterTable table, float[] rate, float factor) {
        Parameter rows = table.parameter();
        int dim = rows.cols();
        float[] values = rows.values();
        float[] gradients = rows.gradients();
        engine.workers().run(parts(table), part -> {
            for (int i = part * ROWS_PER_PART; i < end(table, part); i++) {
                int row = table.touchedRows()[i];
                float step = factor * rate[row];
                int offset = row * dim;
                for (int c = 0; c < dim; c++) {
                    values[offset + c] -= step * gradients[offset + c];
                }
            }
        });
    }

    private static int parts(ParameterTable table) {
        return (table.touchedCount() + ROWS_PER_PART - 1) / ROWS_PER_PART;
    }

    private static int end(ParameterTable table, int part) {
        return Math.min(table.touchedCount(), (part + 1) * ROWS_PER_PART);
    }
}
