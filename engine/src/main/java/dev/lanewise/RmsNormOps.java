package dev.lanewise;

import dev.lanewise.BlockTask.Body;
import dev.lanewise.kernels.NormKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;
import java.util.Arrays;

/**
 * Root mean square normalisation over rows: layer normalisation without a mean and without a summand. Source: Zhang,
 * Sennrich, Root Mean Square Layer Normalization, 2019 (1910.07467). The same arguments give the same bits for any number of
 * threads.
 */
public final class RmsNormOps {
    private static final int X = 0;
    private static final int GAMMA = 1;
    private static final int Y = 2;
    private static final int RSTD = 3;
    private static final int DY = 4;
    private static final int DX = 5;
    private static final int D_GAMMA = 6;
    private static final int COLS = 0;
    private static final int ADD = 1;

    private static final Body<NormKernels> RMS_NORM = (kernels, task, from, count) -> kernels.rmsNorm(
            count, task.size(COLS), task.factor(0), task.data(X), task.at(X, from), task.ld(X), task.data(GAMMA),
            task.at(GAMMA, from), task.data(Y), task.at(Y, from), task.ld(Y), task.data(RSTD), task.at(RSTD, from));

    /** Each block leaves its part of the gradient of gamma in the scratch memory. */
    private static final Body<NormKernels> GRADIENTS = (kernels, task, from, count) -> {
        int cols = task.size(COLS);
        int part = task.block(from) * Blocks.apart(cols);
        Arrays.fill(task.scratch(), part, part + cols, 0f);
        kernels.rmsNormGradients(
                count, cols, task.data(DY), task.at(DY, from), task.ld(DY), task.data(X), task.at(X, from), task.ld(X),
                task.data(GAMMA), task.at(GAMMA, from), task.data(RSTD), task.at(RSTD, from), task.size(ADD) != 0,
                task.data(DX), task.at(DX, from), task.ld(DX), task.scratch(), part);
    };

    /** Adds the parts of all blocks to the gradient of gamma, in the order of the blocks. */
    private static final Body<NormKernels> SUM_OF_PARTS = (kernels, task, from, count) -> {
        int cols = task.size(COLS);
        for (int block = 0; block <= task.block(count - 1); block++) {
            Blocks.addTo(cols, task.scratch(), block * Blocks.apart(cols), task.data(D_GAMMA), task.at(D_GAMMA, 0));
        }
    };

    private final Pool<BlockTask<NormKernels>> tasks;

    RmsNormOps(NormKernels kernels, Workers workers, Lifetime lifetime) {
        tasks = BlockTask.pool(kernels, workers, lifetime);
    }

    /**
     * {@code rstd[r] = 1 / sqrt(sum(x[r]^2) / cols + epsilon)}, {@code y[r, c] = x[r, c] * rstd[r] * gamma[c]}. A NaN in a
     * row of x makes the whole row of y NaN.
     *
     * <p>The squares of a row must not overflow: their sum must be below 2^128, as it is for x up to {@code 1.8e19 / sqrt(cols)}
     * in magnitude. Beyond that vector kernels, which sum in float, give an rstd and a y of 0; scalar ones follow the formula.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param epsilon added to the mean square, above 0
     * @param x values of x, [rows x cols]; not modified unless y is x
     * @param xOffset index of its first element
     * @param ldx distance between its rows
     * @param gamma factor of each column, [cols]; not modified
     * @param gammaOffset index of its first element
     * @param y values of y, [rows x cols]; overwritten; may be x in place, but the backward pass needs x
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @param rstd [rows]; overwritten; for the backward pass
     * @param rstdOffset index of its first element
     * @throws IllegalArgumentException if epsilon is not above 0, an operand does not lie inside its array, or an output
     *     overlaps another operand, but for y in place of x
     */
    public void rmsNorm(
            int rows, int cols, float epsilon, float[] x, int xOffset, int ldx, float[] gamma, int gammaOffset,
            float[] y, int yOffset, int ldy, float[] rstd, int rstdOffset) {
        if (!(epsilon > 0f)) {
            throw new IllegalArgumentException("epsilon must be above 0, but is " + epsilon);
        }
        Checks.matrix("x", x, xOffset, rows, cols, ldx);
        Checks.vector("gamma", gamma, gammaOffset, cols);
        Checks.matrix("y", y, yOffset, rows, cols, ldy);
        Checks.vector("rstd", rstd, rstdOffset, rows);
        Overlap.matrices("y", y, yOffset, ldy, "x", x, xOffset, ldx, rows, cols);
        Overlap.separateMatrices("y", y, yOffset, rows, cols, ldy, "gamma", gamma, gammaOffset, 1, cols, ldy);
        Overlap.separateMatrices("rstd", rstd, rstdOffset, 1, rows, rows, "x", x, xOffset, rows, cols, ldx);
        Overlap.separateMatrices("rstd", rstd, rstdOffset, 1, rows, rows, "y", y, yOffset, rows, cols, ldy);
        Overlap.separateVectors("rstd", rstd, rstdOffset, rows, "gamma", gamma, gammaOffset, cols);
        if (cols == 0) {
            Arrays.fill(rstd, rstdOffset, rstdOffset + rows, (float) (1 / Math.sqrt(epsilon)));
            return;
        }
        tasks.acquire().operand(X, x, xOffset, ldx).operand(GAMMA, gamma, gammaOffset, 0)
                .operand(Y, y, yOffset, ldy).operand(RSTD, rstd, rstdOffset, 1).size(COLS, cols).factor(0, epsilon)
                .run(RMS_NORM, rows, Blocks.rows(cols));
    }

    /**
     * Both gradients in one pass over dY and x. With {@code h[c] = x[r, c] * rstd[r]} and {@code g[c] = dY[r, c] * gamma[c]}:
     * {@code dX[r, c] = rstd[r] * (g[c] - h[c] * sum(g * h) / cols)}, added to what is there or written over it, and
     * {@code dGamma[c] += sum over r of dY[r, c] * h[c]}, summed in blocks of rows whose size follows from the shape alone.
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
     * @param rstd of the forward pass, [rows]; not modified
     * @param rstdOffset index of its first element
     * @param add whether the gradient is added to what dX holds, rather than written over it
     * @param dX gradient of x, [rows x cols]; overwritten or added to; where it is overwritten, it may be dY in place
     * @param dXOffset index of its first element
     * @param lddX distance between its rows
     * @param dGamma gradient of gamma, [cols]; added to
     * @param dGammaOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or an output overlaps another operand,
     *     but for dX in place of dY
     */
    public void rmsNormGradients(
            int rows, int cols, float[] dY, int dYOffset, int lddY, float[] x, int xOffset, int ldx, float[] gamma,
            int gammaOffset, float[] rstd, int rstdOffset, boolean add, float[] dX, int dXOffset, int lddX,
            float[] dGamma, int dGammaOffset) {
        Checks.matrix("dY", dY, dYOffset, rows, cols, lddY);
        Checks.matrix("x", x, xOffset, rows, cols, ldx);
        Checks.vector("gamma", gamma, gammaOffset, cols);
        Checks.vector("rstd", rstd, rstdOffset, rows);
        Checks.matrix("dX", dX, dXOffset, rows, cols, lddX);
        Checks.vector("dGamma", dGamma, dGammaOffset, cols);
        if (add) {
            Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "dY", dY, dYOffset, rows, cols, lddY);
        } else {
            Overlap.matrices("dX", dX, dXOffset, lddX, "dY", dY, dYOffset, lddY, rows, cols);
        }
        Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "x", x, xOffset, rows, cols, ldx);
        Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "gamma", gamma, gammaOffset, 1, cols, lddX);
        Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "rstd", rstd, rstdOffset, 1, rows, rows);
        Overlap.separateMatrices("dGamma", dGamma, dGammaOffset, 1, cols, lddY, "dY", dY, dYOffset, rows, cols, lddY);
        Overlap.separateMatrices("dGamma", dGamma, dGammaOffset, 1, cols, ldx, "x", x, xOffset, rows, cols, ldx);
        Overlap.separateMatrices("dGamma", dGamma, dGammaOffset, 1, cols, lddX, "dX", dX, dXOffset, rows, cols, lddX);
        Overlap.separateVectors("dGamma", dGamma, dGammaOffset, cols, "gamma", gamma, gammaOffset, cols);
        Overlap.separateVectors("dGamma", dGamma, dGammaOffset, cols, "rstd", rstd, rstdOffset, rows);
        if (rows == 0 || cols == 0) {
            return;
        }
        int size = Blocks.summedRows(rows, cols);
        tasks.acquire().operand(DY, dY, dYOffset, lddY).operand(X, x, xOffset, ldx)
                .operand(GAMMA, gamma, gammaOffset, 0).operand(RSTD, rstd, rstdOffset, 1)
                .operand(DX, dX, dXOffset, lddX).operand(D_GAMMA, dGamma, dGammaOffset, 0).size(COLS, cols)
                .size(ADD, add ? 1 : 0).reserve((long) Blocks.apart(cols) * Blocks.count(rows, size))
                .runBlocks(GRADIENTS, rows, size, SUM_OF_PARTS);
    }
}
