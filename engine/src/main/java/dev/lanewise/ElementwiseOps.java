package dev.lanewise;

import dev.lanewise.BlockTask.Body;
import dev.lanewise.kernels.ElementwiseKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * Additions, sums and dropout. An output may be exactly an input (same array, offset and leading dimension), and may not
 * overlap it otherwise. The same arguments give the same bits for any number of threads.
 */
public final class ElementwiseOps {
    /** Columns that one part of a column sum covers: shorter runs of each row cost more than a second thread gains. */
    private static final int COLUMN_BLOCK = 128;

    private static final int X = 0;
    private static final int Y = 1;
    private static final int OUT = 2;
    private static final int BIAS = 3;
    private static final int COLS = 0;
    private static final int ROWS = 0;
    private static final int FACTOR = 0;
    private static final int SEED = 0;
    private static final int FIRST_INDEX = 1;

    private static final Body<ElementwiseKernels> ADD = (kernels, task, from, count) -> kernels.add(
            count, task.data(X), task.at(X, from), task.data(Y), task.at(Y, from), task.data(OUT), task.at(OUT, from));

    private static final Body<ElementwiseKernels> SCALE = (kernels, task, from, count) -> kernels.scale(
            count, task.factor(FACTOR), task.data(X), task.at(X, from), task.data(Y), task.at(Y, from));

    private static final Body<ElementwiseKernels> ADD_BIAS = (kernels, task, from, count) -> kernels.addBias(
            count, task.size(COLS), task.data(X), task.at(X, from), task.ld(X), task.data(BIAS), task.at(BIAS, from),
            task.data(Y), task.at(Y, from), task.ld(Y));

    /** Its units are columns. */
    private static final Body<ElementwiseKernels> BIAS_GRADIENT = (kernels, task, from, count) -> kernels.biasGradient(
            task.size(ROWS), from, from + count, task.data(Y), task.at(Y, 0), task.ld(Y), task.data(BIAS),
            task.at(BIAS, 0));

    private static final Body<ElementwiseKernels> DROPOUT = (kernels, task, from, count) -> kernels.dropout(
            count, task.factor(FACTOR), task.key(SEED), task.key(FIRST_INDEX) + from, task.data(X), task.at(X, from),
            task.data(Y), task.at(Y, from));

    private static final Body<ElementwiseKernels> SUM_OF_SQUARES = (kernels, task, from, count) -> task.results()[task
            .block(from)] = kernels.sumOfSquares(count, task.data(X), task.at(X, from));

    private final Pool<BlockTask<ElementwiseKernels>> tasks;

    ElementwiseOps(ElementwiseKernels kernels, Workers workers, Lifetime lifetime) {
        tasks = BlockTask.pool(kernels, workers, lifetime);
    }

    /**
     * {@code out = x + y}.
     *
     * @param n number of elements
     * @param x first summand; not modified unless out is x
     * @param xOffset index of its first element
     * @param y second summand; not modified unless out is y
     * @param yOffset index of its first element
     * @param out the sum; overwritten; may be x or y in place
     * @param outOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or out overlaps an input without being
     *     it
     */
    public void add(int n, float[] x, int xOffset, float[] y, int yOffset, float[] out, int outOffset) {
        Checks.vector("x", x, xOffset, n);
        Checks.vector("y", y, yOffset, n);
        Checks.vector("out", out, outOffset, n);
        Overlap.vectors("out", out, outOffset, "x", x, xOffset, n);
        Overlap.vectors("out", out, outOffset, "y", y, yOffset, n);
        tasks.acquire().operand(X, x, xOffset, 1).operand(Y, y, yOffset, 1).operand(OUT, out, outOffset, 1)
                .run(ADD, n, Blocks.ELEMENTS);
    }

    /**
     * {@code y = factor * x}.
     *
     * @param n number of elements
     * @param factor the factor
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void scale(int n, float factor, float[] x, int xOffset, float[] y, int yOffset) {
        Checks.vector("x", x, xOffset, n);
        Checks.vector("y", y, yOffset, n);
        Overlap.vectors("y", y, yOffset, "x", x, xOffset, n);
        tasks.acquire().operand(X, x, xOffset, 1).operand(Y, y, yOffset, 1).factor(FACTOR, factor)
                .run(SCALE, n, Blocks.ELEMENTS);
    }

    /**
     * {@code y[r, c] = x[r, c] + bias[c]}.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param x values of x, [rows x cols]; not modified unless y is x
     * @param xOffset index of its first element
     * @param ldx distance between its rows
     * @param bias [cols]; not modified
     * @param biasOffset index of its first element
     * @param y values of y, [rows x cols]; overwritten; may be x in place
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @throws IllegalArgumentException if an operand does not lie inside its array, y overlaps the bias, or y overlaps x
     *     without being x
     */
    public void addBias(
            int rows, int cols, float[] x, int xOffset, int ldx, float[] bias, int biasOffset, float[] y, int yOffset,
            int ldy) {
        Checks.matrix("x", x, xOffset, rows, cols, ldx);
        Checks.vector("bias", bias, biasOffset, cols);
        Checks.matrix("y", y, yOffset, rows, cols, ldy);
        Overlap.matrices("y", y, yOffset, ldy, "x", x, xOffset, ldx, rows, cols);
        Overlap.separateMatrices("y", y, yOffset, rows, cols, ldy, "bias", bias, biasOffset, 1, cols, ldy);
        if (rows == 0 || cols == 0) {
            return;
        }
        tasks.acquire().operand(X, x, xOffset, ldx).operand(BIAS, bias, biasOffset, 0).operand(Y, y, yOffset, ldy)
                .size(COLS, cols).run(ADD_BIAS, rows, Blocks.rows(cols));
    }

    /**
     * {@code dBias[c] += sum over r of dY[r, c]}, the rows in ascending order.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param dY gradient of the output, [rows x cols]; not modified
     * @param dYOffset index of its first element
     * @param lddY distance between its rows
     * @param dBias gradient of the bias, [cols]; added to
     * @param dBiasOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or dBias overlaps dY
     */
    public void biasGradient(
            int rows, int cols, float[] dY, int dYOffset, int lddY, float[] dBias, int dBiasOffset) {
        Checks.matrix("dY", dY, dYOffset, rows, cols, lddY);
        Checks.vector("dBias", dBias, dBiasOffset, cols);
        Overlap.separateMatrices("dBias", dBias, dBiasOffset, 1, cols, lddY, "dY", dY, dYOffset, rows, cols, lddY);
        if (rows == 0 || cols == 0) {
            return;
        }
        boolean small = (long) rows * cols <= Blocks.ELEMENTS;
        tasks.acquire().operand(Y, dY, dYOffset, lddY).operand(BIAS, dBias, dBiasOffset, 1).size(ROWS, rows)
                .run(BIAS_GRADIENT, cols, small ? cols : COLUMN_BLOCK);
    }

    /**
     * Inverted dropout: {@code y[i] = x[i] * (1 / (1 - probability))} where element i is kept, 0 where it is dropped. The choice
     * depends on the seed and on {@code firstIndex + i} alone, so every implementation, cut and number of threads drops the
     * same elements, and the backward pass is the same call on the gradient.
     *
     * @param n number of elements
     * @param probability chance of an element to be dropped, at least 0 and below 1
     * @param seed seed of the choice; take another for each layer and step
     * @param firstIndex index of the first element in the tensor that is being dropped from
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if the probability is out of range, an operand does not lie inside its array, or y
     *     overlaps x without being x
     */
    public void dropout(
            int n, float probability, long seed, long firstIndex, float[] x, int xOffset, float[] y, int yOffset) {
        if (!(probability >= 0f && probability < 1f)) {
            throw new IllegalArgumentException("probability must be at least 0 and below 1, but is " + probability);
        }
        Checks.vector("x", x, xOffset, n);
        Checks.vector("y", y, yOffset, n);
        Overlap.vectors("y", y, yOffset, "x", x, xOffset, n);
        tasks.acquire().operand(X, x, xOffset, 1).operand(Y, y, yOffset, 1).factor(FACTOR, probability)
                .key(SEED, seed).key(FIRST_INDEX, firstIndex).run(DROPOUT, n, Blocks.ELEMENTS);
    }

    /**
     * {@code sum of x[i] * x[i]}, in blocks of fixed size whose sums are added in double, in order. Squares beyond the range
     * of float count as they are: the sum is infinite only if an element is, and NaN only if one is, and it is zero only if
     * all are.
     *
     * @param n number of elements
     * @param x input; not modified
     * @param xOffset index of its first element
     * @return the sum
     * @throws IllegalArgumentException if the elements do not lie inside the array
     */
    public double sumOfSquares(int n, float[] x, int xOffset) {
        Checks.vector("x", x, xOffset, n);
        return tasks.acquire().operand(X, x, xOffset, 1).runAndSum(SUM_OF_SQUARES, n, Blocks.ELEMENTS);
    }
}
