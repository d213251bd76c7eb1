package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.NormGradientRow.SUMS;

import dev.lanewise.kernels.NormKernels;
import dev.lanewise.runtime.Pool;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Layer normalisation. Forward and backward go row by row over a row that stays in the L1 cache; the gradients of the
 * parameters go over four rows at a time in the order of memory, with the sums in their arrays: walking down a column of
 * vectors instead would touch a new page every few rows.
 */
final class VectorNorm implements NormKernels {
    /** Two vectors of sums that a row leaves to be added up, amid a padding: threads would share cache lines without. */
    private final Pool<float[]> sums = new Pool<>(() -> new float[2 * SUMS + 2 * LANES]);

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
            float rowMean = ResidualRow.add(
                    cols, x, xOffset + r * ldx, residual, residualOffset + r * ldResidual, bias, biasOffset, sum, row)
                    / cols;
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
        for (int r = 0; r < rows; r++) {
            int dYRow = dYOffset + r * lddY;
            int xRow = xOffset + r * ldx;
            int dXRow = dXOffset + r * lddX;
            float rowMean = mean[meanOffset + r];
            float rowRstd = rstd[rstdOffset + r];
            NormGradientRow.addParameterGradients(
                    cols, rowMean, rowRstd, dY, dYRow, x, xRow, gamma, gammaOffset, dGamma, dGammaOffset, dBeta,
                    dBetaOffset, rowSums);
            float meanG = Lanes.sum(rowSums, SUMS) / cols;
            float slope = Lanes.sum(rowSums, SUMS + LANES) / cols;
            if (add) {
                NormGradientRow.add(
                        cols, rowMean, rowRstd, meanG, slope, dY, dYRow, x, xRow, gamma, gammaOffset, dX, dXRow);
            } else {
                NormGradientRow.set(
                        cols, rowMean, rowRstd, meanG, slope, dY, dYRow, x, xRow, gamma, gammaOffset, dX, dXRow);
            }
        }
        sums.release(rowSums);
    }

    @Override
    public void layerNormBackward(
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
            float[] dX,
            int dXOffset,
            int lddX) {
        for (int r = 0; r < rows; r++) {
            int dYRow = dYOffset + r * lddY;
            int xRow = xOffset + r * ldx;
            float rowMean = mean[meanOffset + r];
            float rowRstd = rstd[rstdOffset + r];
            float meanG = SoftmaxRow.dot(cols, dY, dYRow, gamma, gammaOffset) / cols;
            float sumGD = NormRow.weightedDeviations(cols, rowMean, dY, dYRow, x, xRow, gamma, gammaOffset);
            // h * sum(g * h) / cols, with h = (x - mean) * rstd, as (x - mean) * slope.
            float slope = sumGD * rowRstd / cols * rowRstd;
            NormRow.addGradient(
                    cols, rowMean, rowRstd, meanG, slope, dY, dYRow, x, xRow, gamma, gammaOffset, dX,
                    dXOffset + r * lddX);
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

    @Override
    public void layerNormParameterGradients(
            int rows,
            int colFrom,
            int colTo,
            float[] dY,
            int dYOffset,
            int lddY,
            float[] x,
            int xOffset,
            int ldx,
            float[] mean,
            int meanOffset,
            float[] rstd,
            int rstdOffset,
            float[] dGamma,
            int dGammaOffset,
            float[] dBeta,
            int dBetaOffset) {
        int n = colTo - colFrom;
        int bound = Lanes.bound(n);
        int paired = rows & -2;
        for (int r = 0; r < paired; r += 2) {
            addTwoRows(
                    bound, dY, dYOffset + colFrom + r * lddY, lddY, x, xOffset + colFrom + r * ldx, ldx, mean,
                    meanOffset + r, rstd, rstdOffset + r, dGamma, dGammaOffset + colFrom, dBeta,
                    dBetaOffset + colFrom);
        }
        for (int r = 0; r < rows; r++) {
            // What the pairs have left: the tail of their columns, and all columns of an odd last row.
            int from = r < paired ? bound : 0;
            if (from < n) {
                addRow(
                        n - from, dY, dYOffset + colFrom + from + r * lddY, x, xOffset + colFrom + from + r * ldx,
                        mean[meanOffset + r], rstd[rstdOffset + r], dGamma, dGammaOffset + colFrom + from, dBeta,
                        dBetaOffset + colFrom + from);
            }
        }
    }

    /**
     * Twice {@link #addRow} over whole vectors, in its order, with one load and store of the sums. No more rows and no tail
     * in here: C1 gives up on a method with that many vectors ("out of virtual registers"), C2 then never starts, and the
     * vectors stay boxed.
     */
    private static void addTwoRows(
            int n,
            float[] dY,
            int dYOffset,
            int lddY,
            float[] x,
            int xOffset,
            int ldx,
            float[] mean,
            int meanOffset,
            float[] rstd,
            int rstdOffset,
            float[] dGamma,
            int dGammaOffset,
            float[] dBeta,
            int dBetaOffset) {
        FloatVector mean0 = FloatVector.broadcast(SPECIES, mean[meanOffset]);
        FloatVector mean1 = FloatVector.broadcast(SPECIES, mean[meanOffset + 1]);
        FloatVector rstd0 = FloatVector.broadcast(SPECIES, rstd[rstdOffset]);
        FloatVector rstd1 = FloatVector.broadcast(SPECIES, rstd[rstdOffset + 1]);
        for (int i = 0; i < n; i += LANES) {
            FloatVector dY0 = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector dY1 = FloatVector.fromArray(SPECIES, dY, dYOffset + lddY + i);
            FloatVector h0 = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(mean0).mul(rstd0);
            FloatVector h1 = FloatVector.fromArray(SPECIES, x, xOffset + ldx + i).sub(mean1).mul(rstd1);
            FloatVector gamma = FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i);
            dY1.fma(h1, dY0.fma(h0, gamma)).intoArray(dGamma, dGammaOffset + i);
            FloatVector beta = FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + i);
            beta.add(dY0).add(dY1).intoArray(dBeta, dBetaOffset + i);
        }
    }

    private static void addRow(
            int n,
            float[] dY,
            int dYOffset,
            float[] x,
            int xOffset,
            float mean,
            float rstd,
            float[] dGamma,
            int dGammaOffset,
            float[] dBeta,
            int dBetaOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector vdY = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector h = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(mean).mul(rstd);
            vdY.fma(h, FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i)).intoArray(dGamma, dGammaOffset + i);
            FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + i).add(vdY).intoArray(dBeta, dBetaOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = SPECIES.indexInRange(i, n);
            FloatVector vdY = FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask);
            FloatVector h = FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(mean).mul(rstd);
            vdY.fma(h, FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i, mask)).intoArray(dGamma,
                    dGammaOffset + i, mask);
            FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + i, mask).add(vdY).intoArray(dBeta, dBetaOffset + i,
                    mask);
        }
    }
}
