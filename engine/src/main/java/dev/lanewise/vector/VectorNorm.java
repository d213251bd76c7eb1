package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.NormGradientPair.VECTORS;
import static dev.lanewise.vector.NormGradientRow.SUMS;

import dev.lanewise.kernels.NormKernels;
import dev.lanewise.runtime.Pool;

/**
 * Layer and root mean square normalisation, row by row over a row that stays in the L1 cache; so do the sums that are the
 * parameters' gradients, which are as long as a row.
 */
final class VectorNorm implements NormKernels {
    /** Vectors of sums that two pairs of rows leave, amid a padding: threads would share cache lines without. */
    private final Pool<float[]> sums = new Pool<>(() -> new float[2 * SUMS + 2 * VECTORS * LANES]);

    @Override
    public void layerNorm(
            int rows,
            int cols,
            float epsilon,
            float[] x,
            int xOffset,
            int ldx,
            float[] gamma,
            int gammaOffset,
            float[] beta,
            int betaOffset,
            float[] y,
            int yOffset,
            int ldy,
            float[] mean,
            int meanOffset,
            float[] rstd,
            int rstdOffset) {
        for (int r = 0; r < rows; r++) {
            int xRow = xOffset + r * ldx;
            float rowMean = NormRow.sum(cols, x, xRow) / cols;
            float rowRstd = rstd(cols, epsilon, rowMean, x, xRow);
            mean[meanOffset + r] = rowMean;
            rstd[rstdOffset + r] = rowRstd;
            NormRow.normalize(
                    cols, rowMean, rowRstd, x, xRow, gamma, gammaOffset, beta, betaOffset, y, yOffset + r * ldy);
        }
    }

    private static float rstd(int cols, float epsilon, float mean, float[] x, int xRow) {
        float variance = NormRow.squaredDeviations(cols, mean, x, xRow) / cols;
        return (float) (1 / Math.sqrt((double) variance + epsilon));
    }

    @Override
    public void addLayerNorm(
            int rows,
            int cols,
            float epsilon,
            float[] x,
            int xOffset,
            int ldx,
            float[] residual,
            int residualOffset,
            int ldResidual,
            float[] bias,
            int biasOffset,
            float[] gamma,
            int gammaOffset,
            float[] beta,
            int betaOffset,
            float[] sum,
            int sumOffset,
            int ldSum,
            float[] y,
            int yOffset,
            int ldy,
            float[] mean,
            int meanOffset,
            float[] rstd,
            int rstdOffset) {
        for (int r = 0; r < rows; r++) {
            int row = sumOffset + r * ldSum;
            int xRow = xOffset + r * ldx;
            int residualRow = residualOffset + r * ldResidual;
            float total = bias == null ? ResidualRow.add(cols, x, xRow, residual, residualRow, sum, row)
                    : ResidualRow.addBiased(cols, x, xRow, residual, residualRow, bias, biasOffset, sum, row);
            float rowMean = total / cols;
            float rowRstd = rstd(cols, epsilon, rowMean, sum, row);
            mean[meanOffset + r] = rowMean;
            rstd[rstdOffset + r] = rowRstd;
            NormRow.normalize(
                    cols, rowMean, rowRstd, sum, row, gamma, gammaOffset, beta, betaOffset, y, yOffset + r * ldy);
        }
    }

    @Override
    public void layerNormGradients(
            int rows,
            int cols,
            float[] dY,
            int dYOffset,
            int lddY,
            float[] x,
            int xOffset,
            int ldx,
            float[] gamma,
            int gammaOffset,
            float[] mean,
            int meanOffset,
            float[] rstd,
            int rstdOffset,
            boolean add,
            float[] dX,
            int dXOffset,
            int lddX,
            float[] dGamma,
            int dGammaOffset,
            float[] dBeta,
            int dBetaOffset) {
        float[] rowSums = sums.acquire();
        int paired = rows & -2;
        boolean partial = Lanes.bound(cols) < cols;
        // The sums of a pair are read when those of the next are being written: vectors that were just stored across a cache
        // line could be read only when all stores before them are done.
        for (int r = 0; r <= paired; r += 2) {
            int pairSums = SUMS + (r & 2) / 2 * VECTORS * LANES;
            if (r < paired) {
                int dYRow = dYOffset + r * lddY;
                int xRow = xOffset + r * ldx;
                float mean0 = mean[meanOffset + r];
                float rstd0 = rstd[rstdOffset + r];
                float mean1 = mean[meanOffset + r + 1];
                float rstd1 = rstd[rstdOffset + r + 1];
                NormGradientPair.addParameterGradients(
                        cols, mean0, rstd0, mean1, rstd1, dY, dYRow, lddY, x, xRow, ldx, gamma, gammaOffset, dGamma,
                        dGammaOffset, dBeta, dBetaOffset, rowSums, pairSums);
                if (partial) {
                    NormGradientPair.addTail(
                            cols, mean0, rstd0, dY, dYRow, x, xRow, gamma, gammaOffset, dGamma, dGammaOffset, dBeta,
                            dBetaOffset, rowSums, pairSums);
                    NormGradientPair.addTail(
                            cols, mean1, rstd1, dY, dYRow + lddY, x, xRow + ldx, gamma, gammaOffset, dGamma,
                            dGammaOffset, dBeta, dBetaOffset, rowSums, pairSums + LANES);
                }
            }
            int previousSums = 2 * SUMS + VECTORS * LANES - pairSums;
            for (int k = Math.max(0, r - 2); k < r; k++) {
                int at = previousSums + (k & 1) * LANES;
                inputGradient(
                        cols, mean[meanOffset + k], rstd[rstdOffset + k], Lanes.sum(rowSums, at) / cols,
                        Lanes.sum(rowSums, at + 2 * LANES) / cols, dY, dYOffset + k * lddY, x, xOffset + k * ldx,
                        gamma, gammaOffset, add, dX, dXOffset + k * lddX);
            }
        }
        if (paired < rows) {
            int dYRow = dYOffset + paired * lddY;
            int xRow = xOffset + paired * ldx;
            float rowMean = mean[meanOffset + paired];
            float rowRstd = rstd[rstdOffset + paired];
            NormGradientRow.addParameterGradients(
                    cols, rowMean, rowRstd, dY, dYRow, x, xRow, gamma, gammaOffset, dGamma, dGammaOffset, dBeta,
                    dBetaOffset, rowSums);
            inputGradient(
                    cols, rowMean, rowRstd, Lanes.sum(rowSums, SUMS) / cols, Lanes.sum(rowSums, SUMS + LANES) / cols,
                    dY, dYRow, x, xRow, gamma, gammaOffset, add, dX, dXOffset + paired * lddX);
        }
        sums.release(rowSums);
    }

    private static void inputGradient(
            int cols,
            float mean,
            float rstd,
            float meanG,
            float slope,
            float[] dY,
            int dYRow,
            float[] x,
            int xRow,
            float[] gamma,
            int gammaOffset,
            boolean add,
            float[] dX,
            int dXRow) {
        if (add) {
            NormGradientRow.add(cols, mean, rstd, meanG, slope, dY, dYRow, x, xRow, gamma, gammaOffset, dX, dXRow);
        } else {
            NormGradientRow.set(cols, mean, rstd, meanG, slope, dY, dYRow, x, xRow, gamma, gammaOffset, dX, dXRow);
        }
    }

    @Override
    public void rmsNorm(
            int rows,
            int cols,
            float epsilon,
            float[] x,
            int xOffset,
            int ldx,
            float[] gamma,
            int gammaOffset,
            float[] y,
            int yOffset,
            int ldy,
            float[] rstd,
            int rstdOffset) {
        for (int r = 0; r < rows; r++) {
            int xRow = xOffset + r * ldx;
            float square = SoftmaxRow.dot(cols, x, xRow, x, xRow) / cols;
            float rowRstd = (float) (1 / Math.sqrt((double) square + epsilon));
            rstd[rstdOffset + r] = rowRstd;
            RmsNormRow.normalize(cols, rowRstd, x, xRow, gamma, gammaOffset, y, yOffset + r * ldy);
        }
    }

    @Override
    public void rmsNormGradients(
            int rows,
            int cols,
            float[] dY,
            int dYOffset,
            int lddY,
            float[] x,
            int xOffset,
            int ldx,
            float[] gamma,
            int gammaOffset,
            float[] rstd,
            int rstdOffset,
            boolean add,
            float[] dX,
            int dXOffset,
            int lddX,
            float[] dGamma,
            int dGammaOffset) {
        float[] rowSums = sums.acquire();
        for (int r = 0; r < rows; r++) {
            int dYRow = dYOffset + r * lddY;
            int xRow = xOffset + r * ldx;
            int dXRow = dXOffset + r * lddX;
            float rowRstd = rstd[rstdOffset + r];
            RmsNormRow.addParameterGradient(
                    cols, rowRstd, dY, dYRow, x, xRow, gamma, gammaOffset, dGamma, dGammaOffset, rowSums);
            float slope = Lanes.sum(rowSums, SUMS) / cols;
            // A layer normalisation whose means are zero.
            if (add) {
                NormGradientRow.add(cols, 0f, rowRstd, 0f, slope, dY, dYRow, x, xRow, gamma, gammaOffset, dX, dXRow);
            } else {
                NormGradientRow.set(cols, 0f, rowRstd, 0f, slope, dY, dYRow, x, xRow, gamma, gammaOffset, dX, dXRow);
            }
        }
        sums.release(rowSums);
    }
}
