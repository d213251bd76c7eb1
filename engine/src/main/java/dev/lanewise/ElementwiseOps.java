package dev.lanewise;

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

    private final ElementwiseKernels kernels;
    private final Workers workers;
    private final Pool<Sums> sums = new Pool<>(Sums::new);

    ElementwiseOps(ElementwiseKernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
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
        int blocks = Blocks.count(n, Blocks.ELEMENTS);
        if (workers.threads() == 1 || blocks <= 1) {
            kernels.add(n, x, xOffset, y, yOffset, out, outOffset);
        } else {
            workers.run(
                    blocks,
                    block -> {
                        int from = block * Blocks.ELEMENTS;
                        kernels.add(
                                Blocks.length(n, Blocks.ELEMENTS, block), x, xOffset + from, y, yOffset + from, out,
                                outOffset + from);
                    });
        }
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
        int blocks = Blocks.count(n, Blocks.ELEMENTS);
        if (workers.threads() == 1 || blocks <= 1) {
            kernels.scale(n, factor, x, xOffset, y, yOffset);
        } else {
            workers.run(
                    blocks,
                    block -> {
                        int from = block * Blocks.ELEMENTS;
                        kernels.scale(
                                Blocks.length(n, Blocks.ELEMENTS, block), factor, x, xOffset + from, y, yOffset + from);
                    });
        }
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
        int size = Blocks.rows(cols);
        int blocks = Blocks.count(rows, size);
        if (workers.threads() == 1 || blocks == 1) {
            kernels.addBias(rows, cols, x, xOffset, ldx, bias, biasOffset, y, yOffset, ldy);
        } else {
            workers.run(
                    blocks,
                    block -> kernels.addBias(
                            Blocks.length(rows, size, block), cols, x, xOffset + block * size * ldx, ldx, bias,
                            biasOffset,
                            y, yOffset + block * size * ldy, ldy));
        }
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
        int blocks = Blocks.count(cols, COLUMN_BLOCK);
        if (workers.threads() == 1 || blocks == 1 || (long) rows * cols <= Blocks.ELEMENTS) {
            kernels.biasGradient(rows, 0, cols, dY, dYOffset, lddY, dBias, dBiasOffset);
        } else {
            workers.run(
                    blocks,
                    block -> kernels.biasGradient(
                            rows, block * COLUMN_BLOCK, Math.min(cols, (block + 1) * COLUMN_BLOCK), dY, dYOffset, lddY,
                            dBias, dBiasOffset));
        }
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
        int blocks = Blocks.count(n, Blocks.ELEMENTS);
        if (workers.threads() == 1 || blocks <= 1) {
            kernels.dropout(n, probability, seed, firstIndex, x, xOffset, y, yOffset);
        } else {
            workers.run(
                    blocks,
                    block -> {
                        int from = block * Blocks.ELEMENTS;
                        kernels.dropout(
                                Blocks.length(n, Blocks.ELEMENTS, block), probability, seed, firstIndex + from, x,
                                xOffset + from, y, yOffset + from);
                    });
        }
    }

    /**
     * {@code sum of x[i] * x[i]}, in blocks of fixed size whose sums are added in double, in order.
     *
     * @param n number of elements
     * @param x input; not modified
     * @param xOffset index of its first element
     * @return the sum
     * @throws IllegalArgumentException if the elements do not lie inside the array
     */
    public double sumOfSquares(int n, float[] x, int xOffset) {
        Checks.vector("x", x, xOffset, n);
        int blocks = Blocks.count(n, Blocks.ELEMENTS);
        double total = 0;
        if (workers.threads() == 1 || blocks <= 1) {
            for (int block = 0; block < blocks; block++) {
                total += kernels.sumOfSquares(
                        Blocks.length(n, Blocks.ELEMENTS, block), x, xOffset + block * Blocks.ELEMENTS);
            }
            return total;
        }
        Sums scratch = sums.acquire();
        double[] parts = scratch.ensure(blocks);
        workers.run(
                blocks,
                block -> parts[block] = kernels.sumOfSquares(
                        Blocks.length(n, Blocks.ELEMENTS, block), x, xOffset + block * Blocks.ELEMENTS));
        for (int block = 0; block < blocks; block++) {
            total += parts[block];
        }
        sums.release(scratch);
        return total;
    }

    /** One number a block, kept between calls. */
    private static final class Sums {
        private double[] values = new double[0];

        double[] ensure(int n) {
            if (values.length < n) {
                values = new double[n];
            }
            return values;
        }
    }
}
