package dev.lanewise;

import dev.lanewise.BlockTask.Body;
import dev.lanewise.kernels.NormKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;
import java.util.Arrays;

/**
 * Layer normalisation over rows. Source: Ba, Kiros, Hinton, Layer Normalization, 2016 (1607.06450). The same arguments
 * give the same bits for any number of threads.
 */
public final class NormOps {
    private static final int X = 0;
    private static final int GAMMA = 1;
    private static final int BETA = 2;
    private static final int Y = 3;
    private static final int MEAN = 4;
    private static final int RSTD = 5;
    private static final int DY = 6;
    private static final int DX = 7;
    private static final int D_GAMMA = 8;
    private static final int D_BETA = 9;
    private static final int RESIDUAL = 10;
    private static final int BIAS = 11;
    private static final int COLS = 0;
    private static final int ADD = 1;
    private static final int EPSILON = 0;

    private static final Body<NormKernels> LAYER_NORM = (kernels, task, from, count) -> kernels.layerNorm(
            count, task.size(COLS), task.factor(EPSILON), task.data(X), task.at(X, from), task.ld(X), task.data(GAMMA),
            task.at(GAMMA, from), task.data(BETA), task.at(BETA, from), task.data(Y), task.at(Y, from), task.ld(Y),
            task.data(MEAN), task.at(MEAN, from), task.data(RSTD), task.at(RSTD, from));

    private static final Body<NormKernels> ADD_LAYER_NORM = (kernels, task, from, count) -> kernels.addLayerNorm(
            count, task.size(COLS), task.factor(EPSILON), task.data(X), task.at(X, from), task.ld(X),
            task.data(RESIDUAL), task.at(RESIDUAL, from), task.ld(RESIDUAL), task.data(BIAS), task.at(BIAS, from),
            task.data(GAMMA), task.at(GAMMA, from), task.data(BETA), task.at(BETA, from), task.data(DX),
            task.at(DX, from), task.ld(DX), task.data(Y), task.at(Y, from), task.ld(Y), task.data(MEAN),
            task.at(MEAN, from), task.data(RSTD), task.at(RSTD, from));

    /** Each block leaves its part of the parameters' gradients in the scratch memory. */
    private static final Body<NormKernels> GRADIENTS = (kernels, task, from, count) -> {
        int cols = task.size(COLS);
        int part = task.block(from) * Blocks.apart(2 * cols);
        Arrays.fill(task.scratch(), part, part + 2 * cols, 0f);
        kernels.layerNormGradients(
                count, cols, task.data(DY), task.at(DY, from), task.ld(DY), task.data(X), task.at(X, from), task.ld(X),
                task.data(GAMMA), task.at(GAMMA, from), task.data(MEAN), task.at(MEAN, from), task.data(RSTD),
                task.at(RSTD, from), task.size(ADD) != 0, task.data(DX), task.at(DX, from), task.ld(DX),
                task.scratch(), part, task.scratch(), part + cols);
    };

    /** Adds the parts of all blocks to the parameters' gradients, in the order of the blocks. */
    private static final Body<NormKernels> SUM_OF_PARTS = (kernels, task, from, count) -> {
        int cols = task.size(COLS);
        for (int block = 0; block <= task.block(count - 1); block++) {
            int part = block * Blocks.apart(2 * cols);
            Blocks.addTo(cols, task.scratch(), part, task.data(D_GAMMA), task.at(D_GAMMA, 0));
            Blocks.addTo(cols, task.scratch(), part + cols, task.data(D_BETA), task.at(D_BETA, 0));
        }
    };

    private final Pool<BlockTask<NormKernels>> tasks;

    NormOps(NormKernels kernels, Workers workers, Lifetime lifetime) {
        tasks = BlockTask.pool(kernels, workers, lifetime);
    }

    /**
     * {@code mean[r] = sum(x[r]) / cols}, {@code rstd[r] = 1 / sqrt(sum((x[r] - mean[r])^2) / cols + epsilon)},
     * {@code y[r, c] = (x[r, c] - mean[r]) * rstd[r] * gamma[c] + beta[c]}. A NaN or an infinity in a row of x makes the
     * whole row of y NaN. Rows of no columns have a mean of 0.
     *
     * <p>The squares of a row must not overflow: {@code sum((x[r] - mean[r])^2)} must be below 2^128, as it is for x up to
     * {@code 1.8e19 / sqrt(cols)} in magnitude. Beyond that vector kernels, which sum in float, give an rstd of 0 and a y of
     * beta; scalar ones follow the formula.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param epsilon added to the variance, above 0
     * @param x values of x, [rows x cols]; not modified unless y is x
     * @param xOffset index of its first element
     * @param ldx distance between its rows
     * @param gamma factor of each column, [cols]; not modified
     * @param gammaOffset index of its first element
     * @param beta summand of each column, [cols]; not modified
     * @param betaOffset index of its first element
     * @param y values of y, [rows x cols]; overwritten; may be x in place, but the backward pass needs x
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @param mean [rows]; overwritten; for the backward pass
     * @param meanOffset index of its first element
     * @param rstd [rows]; overwritten; for the backward pass
     * @param rstdOffset index of its first element
     * @throws IllegalArgumentException if epsilon is not above 0, an operand does not lie inside its array, or an output
     *     overlaps another operand, but for y in place of x
     */
    public void layerNorm(
            int rows, int cols, float epsilon, float[] x, int xOffset, int ldx, float[] gamma, int gammaOffset,
            float[] beta, int betaOffset, float[] y, int yOffset, int ldy, float[] mean, int meanOffset, float[] rstd,
            int rstdOffset) {
        checkEpsilon(epsilon);
        Checks.matrix("x", x, xOffset, rows, cols, ldx);
        checkOutputs(
                rows, cols, x, xOffset, ldx, gamma, gammaOffset, beta, betaOffset, y, yOffset, ldy, mean, meanOffset,
                rstd, rstdOffset);
        Overlap.matrices("y", y, yOffset, ldy, "x", x, xOffset, ldx, rows, cols);
        if (cols == 0) {
            statisticsOfNothing(rows, epsilon, mean, meanOffset, rstd, rstdOffset);
            return;
        }
        tasks.acquire().operand(X, x, xOffset, ldx).operand(GAMMA, gamma, gammaOffset, 0)
                .operand(BETA, beta, betaOffset, 0).operand(Y, y, yOffset, ldy).operand(MEAN, mean, meanOffset, 1)
                .operand(RSTD, rstd, rstdOffset, 1).size(COLS, cols).factor(EPSILON, epsilon)
                .run(LAYER_NORM, rows, Blocks.rows(cols));
    }

    /**
     * All three gradients in one pass over dY and x. With {@code h[c] = (x[r, c] - mean[r]) * rstd[r]} and
     * {@code g[c] = dY[r, c] * gamma[c]}: {@code dX[r, c] = rstd[r] * (g[c] - sum(g) / cols - h[c] * sum(g * h) / cols)},
     * added to what is there or written over it, {@code dGamma[c] += sum over r of dY[r, c] * h[c]} and
     * {@code dBeta[c] += sum over r of dY[r, c]}, summed in blocks of rows whose size follows from the shape alone. For a
     * normalisation behind a residual connection, {@link #addLayerNorm}, x is the sum that it wrote, and dX, added to, the
     * gradient of that sum.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param dY gradient of y, [rows x cols]; not modified unless dX is dY
     * @param dYOffset index of its first element
     * @param lddY distance between its rows
     * @param x input of the forward pass, [rows x cols]; not modified
     * @param xOffset index of its first element
     * @param ldx distance between its rows
     * @param gamma factor of each column, [cols]; not modified
     * @param gammaOffset index of its first element
     * @param mean of the forward pass, [rows]; not modified
     * @param meanOffset index of its first element
     * @param rstd of the forward pass, [rows]; not modified
     * @param rstdOffset index of its first element
     * @param add whether the gradient is added to what dX holds, rather than written over it
     * @param dX gradient of x, [rows x cols]; overwritten or added to; where it is overwritten, it may be dY in place
     * @param dXOffset index of its first element
     * @param lddX distance between its rows
     * @param dGamma gradient of gamma, [cols]; added to
     * @param dGammaOffset index of its first element
     * @param dBeta gradient of beta, [cols]; added to
     * @param dBetaOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or an output overlaps another operand,
     *     but for dX in place of dY
     */
    public void layerNormGradients(
            int rows, int cols, float[] dY, int dYOffset, int lddY, float[] x, int xOffset, int ldx, float[] gamma,
            int gammaOffset, float[] mean, int meanOffset, float[] rstd, int rstdOffset, boolean add, float[] dX,
            int dXOffset, int lddX, float[] dGamma, int dGammaOffset, float[] dBeta, int dBetaOffset) {
        Checks.matrix("dY", dY, dYOffset, rows, cols, lddY);
        Checks.matrix("x", x, xOffset, rows, cols, ldx);
        Checks.vector("gamma", gamma, gammaOffset, cols);
        Checks.vector("mean", mean, meanOffset, rows);
        Checks.vector("rstd", rstd, rstdOffset, rows);
        Checks.matrix("dX", dX, dXOffset, rows, cols, lddX);
        Checks.vector("dGamma", dGamma, dGammaOffset, cols);
        Checks.vector("dBeta", dBeta, dBetaOffset, cols);
        if (add) {
            Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "dY", dY, dYOffset, rows, cols, lddY);
        } else {
            Overlap.matrices("dX", dX, dXOffset, lddX, "dY", dY, dYOffset, lddY, rows, cols);
        }
        Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "x", x, xOffset, rows, cols, ldx);
        Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "gamma", gamma, gammaOffset, 1, cols, lddX);
        Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "mean", mean, meanOffset, 1, rows, rows);
        Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "rstd", rstd, rstdOffset, 1, rows, rows);
        checkColumnSum("dGamma", dGamma, dGammaOffset, rows, cols, dY, dYOffset, lddY, x, xOffset, ldx);
        checkColumnSum("dBeta", dBeta, dBetaOffset, rows, cols, dY, dYOffset, lddY, x, xOffset, ldx);
        checkColumnSum("dGamma", dGamma, dGammaOffset, rows, cols, dX, dXOffset, lddX, dX, dXOffset, lddX);
        checkColumnSum("dBeta", dBeta, dBetaOffset, rows, cols, dX, dXOffset, lddX, dX, dXOffset, lddX);
        checkParameters("mean", mean, meanOffset, rows, cols, dGamma, dGammaOffset, dBeta, dBetaOffset);
        checkParameters("rstd", rstd, rstdOffset, rows, cols, dGamma, dGammaOffset, dBeta, dBetaOffset);
        Overlap.separateVectors("dGamma", dGamma, dGammaOffset, cols, "gamma", gamma, gammaOffset, cols);
        Overlap.separateVectors("dBeta", dBeta, dBetaOffset, cols, "gamma", gamma, gammaOffset, cols);
        Overlap.separateVectors("dGamma", dGamma, dGammaOffset, cols, "dBeta", dBeta, dBetaOffset, cols);
        if (rows == 0 || cols == 0) {
            return;
        }
        int size = Blocks.summedRows(rows, cols);
        tasks.acquire().operand(DY, dY, dYOffset, lddY).operand(X, x, xOffset, ldx)
                .operand(GAMMA, gamma, gammaOffset, 0).operand(MEAN, mean, meanOffset, 1)
                .operand(RSTD, rstd, rstdOffset, 1).operand(DX, dX, dXOffset, lddX)
                .operand(D_GAMMA, dGamma, dGammaOffset, 0).operand(D_BETA, dBeta, dBetaOffset, 0).size(COLS, cols)
                .size(ADD, add ? 1 : 0).reserve((long) Blocks.apart(2 * cols) * Blocks.count(rows, size))
                .runBlocks(GRADIENTS, rows, size, SUM_OF_PARTS);
    }

    /**
     * A residual connection and the layer normalisation behind it in one pass:
     * {@code sum[r, c] = x[r, c] + residual[r, c] + bias[c]}, added from left to right, and {@code y}, {@code mean} and
     * {@code rstd} are those of {@link #layerNorm} of sum. Its backward pass is {@link #layerNormGradients} with sum for x:
     * the gradient of sum is that of x and of the residual alike.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param epsilon added to the variance, above 0
     * @param x first summand, [rows x cols]; not modified unless sum is x
     * @param xOffset index of its first element
     * @param ldx distance between its rows
     * @param residual second summand, [rows x cols]; not modified unless sum is residual
     * @param residualOffset index of its first element
     * @param ldResidual distance between its rows
     * @param bias third summand of each column, [cols], or null for none; not modified
     * @param biasOffset index of its first element
     * @param gamma factor of each column, [cols]; not modified
     * @param gammaOffset index of its first element
     * @param beta summand of each column, [cols]; not modified
     * @param betaOffset index of its first element
     * @param sum [rows x cols]; overwritten; may be x or residual in place
     * @param sumOffset index of its first element
     * @param ldSum distance between its rows
     * @param y values of y, [rows x cols]; overwritten
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @param mean [rows]; overwritten; for the backward pass
     * @param meanOffset index of its first element
     * @param rstd [rows]; overwritten; for the backward pass
     * @param rstdOffset index of its first element
     * @throws IllegalArgumentException if epsilon is not above 0, an operand does not lie inside its array, or an output
     *     overlaps another operand, but for sum in place of x or residual
     */
    public void addLayerNorm(
            int rows, int cols, float epsilon, float[] x, int xOffset, int ldx, float[] residual, int residualOffset,
            int ldResidual, float[] bias, int biasOffset, float[] gamma, int gammaOffset, float[] beta, int betaOffset,
            float[] sum, int sumOffset, int ldSum, float[] y, int yOffset, int ldy, float[] mean, int meanOffset,
            float[] rstd, int rstdOffset) {
        checkEpsilon(epsilon);
        Checks.matrix("x", x, xOffset, rows, cols, ldx);
        Checks.matrix("residual", residual, residualOffset, rows, cols, ldResidual);
        Checks.matrix("sum", sum, sumOffset, rows, cols, ldSum);
        checkOutputs(
                rows, cols, sum, sumOffset, ldSum, gamma, gammaOffset, beta, betaOffset, y, yOffset, ldy, mean,
                meanOffset, rstd, rstdOffset);
        Overlap.matrices("sum", sum, sumOffset, ldSum, "x", x, xOffset, ldx, rows, cols);
        Overlap.matrices("sum", sum, sumOffset, ldSum, "residual", residual, residualOffset, ldResidual, rows, cols);
        Overlap.separateMatrices("y", y, yOffset, rows, cols, ldy, "sum", sum, sumOffset, rows, cols, ldSum);
        Overlap.separateMatrices("y", y, yOffset, rows, cols, ldy, "x", x, xOffset, rows, cols, ldx);
        Overlap.separateMatrices(
                "y", y, yOffset, rows, cols, ldy, "residual", residual, residualOffset, rows, cols, ldResidual);
        Overlap.separateMatrices("sum", sum, sumOffset, rows, cols, ldSum, "gamma", gamma, gammaOffset, 1, cols, ldSum);
        Overlap.separateMatrices("sum", sum, sumOffset, rows, cols, ldSum, "beta", beta, betaOffset, 1, cols, ldSum);
        checkStatistics("mean", mean, meanOffset, rows, cols, x, xOffset, ldx, residual, residualOffset, ldResidual);
        checkStatistics("rstd", rstd, rstdOffset, rows, cols, x, xOffset, ldx, residual, residualOffset, ldResidual);
        if (bias != null) {
            Checks.vector("bias", bias, biasOffset, cols);
            Overlap.separateMatrices("sum", sum, sumOffset, rows, cols, ldSum, "bias", bias, biasOffset, 1, cols,
                    ldSum);
            Overlap.separateMatrices("y", y, yOffset, rows, cols, ldy, "bias", bias, biasOffset, 1, cols, ldy);
            Overlap.separateVectors("mean", mean, meanOffset, rows, "bias", bias, biasOffset, cols);
            Overlap.separateVectors("rstd", rstd, rstdOffset, rows, "bias", bias, biasOffset, cols);
        }
        if (cols == 0) {
            statisticsOfNothing(rows, epsilon, mean, meanOffset, rstd, rstdOffset);
            return;
        }
        tasks.acquire().operand(X, x, xOffset, ldx).operand(RESIDUAL, residual, residualOffset, ldResidual)
                .operand(BIAS, bias, biasOffset, 0).operand(GAMMA, gamma, gammaOffset, 0)
                .operand(BETA, beta, betaOffset, 0).operand(DX, sum, sumOffset, ldSum).operand(Y, y, yOffset, ldy)
                .operand(MEAN, mean, meanOffset, 1).operand(RSTD, rstd, rstdOffset, 1).size(COLS, cols)
                .factor(EPSILON, epsilon).run(ADD_LAYER_NORM, rows, Blocks.rows(cols));
    }

    private static void checkEpsilon(float epsilon) {
        if (!(epsilon > 0f)) {
            throw new IllegalArgumentException("epsilon must be above 0, but is " + epsilon);
        }
    }

    private static void statisticsOfNothing(
            int rows, float epsilon, float[] mean, int meanOffset, float[] rstd, int rstdOffset) {
        Arrays.fill(mean, meanOffset, meanOffset + rows, 0f);
        Arrays.fill(rstd, rstdOffset, rstdOffset + rows, (float) (1 / Math.sqrt(epsilon)));
    }

    /** What a normalisation of x writes, beside the parameters that it reads. */
    private static void checkOutputs(
            int rows, int cols, float[] x, int xOffset, int ldx, float[] gamma, int gammaOffset, float[] beta,
            int betaOffset, float[] y, int yOffset, int ldy, float[] mean, int meanOffset, float[] rstd,
            int rstdOffset) {
        Checks.vector("gamma", gamma, gammaOffset, cols);
        Checks.vector("beta", beta, betaOffset, cols);
        Checks.matrix("y", y, yOffset, rows, cols, ldy);
        Checks.vector("mean", mean, meanOffset, rows);
        Checks.vector("rstd", rstd, rstdOffset, rows);
        Overlap.separateMatrices("y", y, yOffset, rows, cols, ldy, "gamma", gamma, gammaOffset, 1, cols, ldy);
        Overlap.separateMatrices("y", y, yOffset, rows, cols, ldy, "beta", beta, betaOffset, 1, cols, ldy);
        checkStatistics("mean", mean, meanOffset, rows, cols, x, xOffset, ldx, y, yOffset, ldy);
        checkStatistics("rstd", rstd, rstdOffset, rows, cols, x, xOffset, ldx, y, yOffset, ldy);
        checkParameters("mean", mean, meanOffset, rows, cols, gamma, gammaOffset, beta, betaOffset);
        checkParameters("rstd", rstd, rstdOffset, rows, cols, gamma, gammaOffset, beta, betaOffset);
        Overlap.separateVectors("mean", mean, meanOffset, rows, "rstd", rstd, rstdOffset, rows);
    }

    private static void checkStatistics(
            String name, float[] values, int offset, int rows, int cols, float[] x, int xOffset, int ldx, float[] y,
            int yOffset, int ldy) {
        Overlap.separateMatrices(name, values, offset, 1, rows, rows, "x", x, xOffset, rows, cols, ldx);
        Overlap.separateMatrices(name, values, offset, 1, rows, rows, "y", y, yOffset, rows, cols, ldy);
    }

    private static void checkColumnSum(
            String name, float[] values, int offset, int rows, int cols, float[] dY, int dYOffset, int lddY, float[] x,
            int xOffset, int ldx) {
        Overlap.separateMatrices(name, values, offset, 1, cols, lddY, "dY", dY, dYOffset, rows, cols, lddY);
        Overlap.separateMatrices(name, values, offset, 1, cols, ldx, "x", x, xOffset, rows, cols, ldx);
    }

    private static void checkParameters(
            String name, float[] values, int offset, int rows, int cols, float[] gamma, int gammaOffset, float[] beta,
            int betaOffset) {
        Overlap.separateVectors(name, values, offset, rows, "gamma", gamma, gammaOffset, cols);
        Overlap.separateVectors(name, values, offset, rows, "beta", beta, betaOffset, cols);
    }
}
