package dev.lanewise;

import dev.lanewise.BlockTask.Body;
import dev.lanewise.kernels.UpdateKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;
import java.util.Arrays;

/**
 * Parameter updates. Source: Loshchilov, Hutter, Decoupled Weight Decay Regularization, 2019 (1711.05101).
 *
 * <p>For each element, with {@code bias1 = 1 - beta1^step} and {@code bias2 = 1 - beta2^step} given by the caller:
 *
 * <pre>
 * m = beta1 * m + (1 - beta1) * g
 * v = beta2 * v + (1 - beta2) * g * g
 * w = w - learningRate * weightDecay * w - learningRate * (m / bias1) / (sqrt(v / bias2) + epsilon)
 * </pre>
 *
 * A NaN in g makes m, v and w of that element NaN. The same arguments give the same bits for any number of threads.
 */
public final class UpdateOps {
    private static final int W = 0;
    private static final int G = 1;
    private static final int M = 2;
    private static final int V = 3;
    private static final int DIM = 0;
    private static final int LEARNING_RATE = 0;
    private static final int BETA1 = 1;
    private static final int BETA2 = 2;
    private static final int EPSILON = 3;
    private static final int WEIGHT_DECAY = 4;
    private static final int BIAS1 = 5;
    private static final int BIAS2 = 6;
    private static final int GRADIENT_SCALE = 7;

    private static final Body<UpdateKernels> ADAM_W = (kernels, task, from, count) -> kernels.adamW(
            count, task.factor(GRADIENT_SCALE), task.factor(LEARNING_RATE), task.factor(BETA1), task.factor(BETA2),
            task.factor(EPSILON),
            task.factor(WEIGHT_DECAY), task.factor(BIAS1), task.factor(BIAS2), task.data(W), task.at(W, from),
            task.data(G), task.at(G, from), task.data(M), task.at(M, from), task.data(V), task.at(V, from));

    private static final Body<UpdateKernels> ADAM_W_ROWS = (kernels, task, from, count) -> kernels.adamWRows(
            count, task.size(DIM), task.indices(), task.indicesAt(from), task.factor(GRADIENT_SCALE),
            task.factor(LEARNING_RATE),
            task.factor(BETA1), task.factor(BETA2), task.factor(EPSILON), task.factor(WEIGHT_DECAY),
            task.factor(BIAS1), task.factor(BIAS2), task.data(W), task.data(G), task.data(M), task.data(V),
            task.at(W, 0));

    private final Pool<BlockTask<UpdateKernels>> tasks;
    private final Pool<Marks> marks = new Pool<>(Marks::new);

    UpdateOps(UpdateKernels kernels, Workers workers, Lifetime lifetime) {
        tasks = BlockTask.pool(kernels, workers, lifetime);
    }

    private BlockTask<UpdateKernels> task(
            float gradientScale, float learningRate, float beta1, float beta2, float epsilon, float weightDecay,
            float bias1, float bias2) {
        return tasks.acquire().factor(GRADIENT_SCALE, gradientScale).factor(LEARNING_RATE, learningRate)
                .factor(BETA1, beta1).factor(BETA2, beta2)
                .factor(EPSILON, epsilon).factor(WEIGHT_DECAY, weightDecay).factor(BIAS1, bias1).factor(BIAS2, bias2);
    }

    /**
     * One step of AdamW over n contiguous elements.
     *
     * @param n number of elements
     * @param learningRate size of the step
     * @param beta1 decay of the mean of the gradient
     * @param beta2 decay of the mean of its square
     * @param epsilon keeps the divisor above zero
     * @param weightDecay share of the weight, times the learning rate, that is taken off
     * @param bias1 {@code 1 - beta1^step}
     * @param bias2 {@code 1 - beta2^step}
     * @param w weights; modified
     * @param wOffset index of the first
     * @param g gradients; not modified
     * @param gOffset index of the first
     * @param m means of the gradients; modified
     * @param mOffset index of the first
     * @param v means of their squares; modified
     * @param vOffset index of the first
     * @throws IllegalArgumentException if an operand does not lie inside its array, or operands overlap
     */
    public void adamW(
            int n, float learningRate, float beta1, float beta2, float epsilon, float weightDecay, float bias1,
            float bias2,
            float[] w, int wOffset, float[] g, int gOffset, float[] m, int mOffset, float[] v, int vOffset) {
        adamW(
                n, 1f, learningRate, beta1, beta2, epsilon, weightDecay, bias1, bias2, w, wOffset, g, gOffset, m,
                mOffset, v, vOffset);
    }

    /**
     * One step of AdamW over n contiguous elements, with gradients that are multiplied first: clipping and averaging cost no
     * pass of their own.
     *
     * @param n number of elements
     * @param gradientScale factor of the gradients, which are not modified
     * @param learningRate size of the step
     * @param beta1 decay of the mean of the gradient
     * @param beta2 decay of the mean of its square
     * @param epsilon keeps the divisor above zero
     * @param weightDecay share of the weight, times the learning rate, that is taken off
     * @param bias1 {@code 1 - beta1^step}
     * @param bias2 {@code 1 - beta2^step}
     * @param w weights; modified
     * @param wOffset index of the first
     * @param g gradients; not modified
     * @param gOffset index of the first
     * @param m means of the gradients; modified
     * @param mOffset index of the first
     * @param v means of their squares; modified
     * @param vOffset index of the first
     * @throws IllegalArgumentException if an operand does not lie inside its array, or operands overlap
     */
    public void adamW(
            int n, float gradientScale, float learningRate, float beta1, float beta2, float epsilon, float weightDecay,
            float bias1,
            float bias2,
            float[] w, int wOffset, float[] g, int gOffset, float[] m, int mOffset, float[] v, int vOffset) {
        Checks.vector("w", w, wOffset, n);
        Checks.vector("g", g, gOffset, n);
        Checks.vector("m", m, mOffset, n);
        Checks.vector("v", v, vOffset, n);
        Overlap.separateVectors("w", w, wOffset, n, "g", g, gOffset, n);
        Overlap.separateVectors("w", w, wOffset, n, "m", m, mOffset, n);
        Overlap.separateVectors("w", w, wOffset, n, "v", v, vOffset, n);
        Overlap.separateVectors("m", m, mOffset, n, "g", g, gOffset, n);
        Overlap.separateVectors("m", m, mOffset, n, "v", v, vOffset, n);
        Overlap.separateVectors("v", v, vOffset, n, "g", g, gOffset, n);
        task(gradientScale, learningRate, beta1, beta2, epsilon, weightDecay, bias1, bias2).operand(W, w, wOffset, 1)
                .operand(G, g, gOffset, 1).operand(M, m, mOffset, 1).operand(V, v, vOffset, 1)
                .run(ADAM_W, n, Blocks.ELEMENTS);
    }

    /**
     * The same step on the given rows of tables [tableRows x dim] only (lazy Adam); the others keep their weights and means
     * as they are. The gradient rows are set to zero afterwards, ready for the next step.
     *
     * @param count number of rows to update
     * @param dim columns of the tables
     * @param rows their indices, within {@code 0..tableRows-1}, each once, in any order; not modified
     * @param rowsOffset index of the first
     * @param learningRate size of the step
     * @param beta1 decay of the mean of the gradient
     * @param beta2 decay of the mean of its square
     * @param epsilon keeps the divisor above zero
     * @param weightDecay share of the weight, times the learning rate, that is taken off
     * @param bias1 {@code 1 - beta1^step}
     * @param bias2 {@code 1 - beta2^step}
     * @param w weights, [tableRows x dim]; the given rows are modified
     * @param g gradients, [tableRows x dim]; the given rows are set to zero
     * @param m means of the gradients, [tableRows x dim]; the given rows are modified
     * @param v means of their squares, [tableRows x dim]; the given rows are modified
     * @param tableRows rows of each table
     * @param tableOffset index of the first element of each table, the same in all four arrays
     * @throws IllegalArgumentException if a row is not in the table or given twice, a table does not lie inside its array,
     *     or two tables are one
     */
    public void adamWRows(
            int count, int dim, int[] rows, int rowsOffset, float learningRate, float beta1, float beta2, float epsilon,
            float weightDecay, float bias1, float bias2, float[] w, float[] g, float[] m, float[] v, int tableRows,
            int tableOffset) {
        adamWRows(
                count, dim, rows, rowsOffset, 1f, learningRate, beta1, beta2, epsilon, weightDecay, bias1, bias2, w, g,
                m, v, tableRows, tableOffset);
    }

    /**
     * The same step, with gradients that are multiplied first, on the given rows of tables [tableRows x dim] only (lazy Adam); the others keep their weights and means
     * as they are. The gradient rows are set to zero afterwards, ready for the next step.
     *
     * @param count number of rows to update
     * @param dim columns of the tables
     * @param rows their indices, within {@code 0..tableRows-1}, each once, in any order; not modified
     * @param rowsOffset index of the first
     * @param gradientScale factor of the gradients
     * @param learningRate size of the step
     * @param beta1 decay of the mean of the gradient
     * @param beta2 decay of the mean of its square
     * @param epsilon keeps the divisor above zero
     * @param weightDecay share of the weight, times the learning rate, that is taken off
     * @param bias1 {@code 1 - beta1^step}
     * @param bias2 {@code 1 - beta2^step}
     * @param w weights, [tableRows x dim]; the given rows are modified
     * @param g gradients, [tableRows x dim]; the given rows are set to zero
     * @param m means of the gradients, [tableRows x dim]; the given rows are modified
     * @param v means of their squares, [tableRows x dim]; the given rows are modified
     * @param tableRows rows of each table
     * @param tableOffset index of the first element of each table, the same in all four arrays
     * @throws IllegalArgumentException if a row is not in the table or given twice, a table does not lie inside its array,
     *     or two tables are one
     */
    public void adamWRows(
            int count, int dim, int[] rows, int rowsOffset, float gradientScale, float learningRate, float beta1,
            float beta2, float epsilon,
            float weightDecay, float bias1, float bias2, float[] w, float[] g, float[] m, float[] v, int tableRows,
            int tableOffset) {
        Checks.matrix("w", w, tableOffset, tableRows, dim, dim);
        Checks.matrix("g", g, tableOffset, tableRows, dim, dim);
        Checks.matrix("m", m, tableOffset, tableRows, dim, dim);
        Checks.matrix("v", v, tableOffset, tableRows, dim, dim);
        if (w == g || w == m || w == v || g == m || g == v || m == v) {
            throw new IllegalArgumentException("w, g, m and v share one layout and so must be four arrays");
        }
        Checks.vector("rows", rows, rowsOffset, count);
        Indices.within("rows", rows, rowsOffset, count, 0, tableRows - 1);
        checkDistinct(rows, rowsOffset, count, tableRows);
        if (count == 0 || dim == 0) {
            return;
        }
        task(gradientScale, learningRate, beta1, beta2, epsilon, weightDecay, bias1, bias2).indices(rows, rowsOffset)
                .operand(W, w, tableOffset, dim).operand(G, g, tableOffset, dim).operand(M, m, tableOffset, dim)
                .operand(V, v, tableOffset, dim).size(DIM, dim).run(ADAM_W_ROWS, count, Blocks.rows(dim));
    }

    /** A row given twice would be updated twice, the second time with a gradient of zero, or by two threads at once. */
    private void checkDistinct(int[] rows, int rowsOffset, int count, int tableRows) {
        Marks seen = marks.acquire();
        long[] bits = seen.cleared(tableRows);
        for (int i = 0; i < count; i++) {
            int row = rows[rowsOffset + i];
            if ((bits[row >>> 6] & 1L << row) != 0) {
                marks.release(seen);
                throw new IllegalArgumentException(
                        "rows[" + i + "] is " + row + ", which was given before: give each once");
            }
            bits[row >>> 6] |= 1L << row;
        }
        marks.release(seen);
    }

    /** One bit a row, kept between calls. */
    private static final class Marks {
        private long[] bits = new long[0];

        long[] cleared(int n) {
            int words = (n >>> 6) + 1;
            if (bits.length < words) {
                bits = new long[words];
            } else {
                Arrays.fill(bits, 0, words, 0);
            }
            return bits;
        }
    }
}
