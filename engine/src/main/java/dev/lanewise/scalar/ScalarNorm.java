package dev.lanewise.scalar;

import dev.lanewise.kernels.NormKernels;
import dev.lanewise.runtime.Pool;
import java.util.Arrays;

/** Layer and root mean square normalisation, their sums in double. */
final class ScalarNorm implements NormKernels {
    private final Pool<Scratch> pool = new Pool<>(Scratch::new);

    @Override
    public void layerNorm(
            int rows, int cols, float epsilon, float[] x, int xOffset, int ldx, float[] gamma, int gammaOffset,
            float[] beta, int betaOffset, float[] y, int yOffset, int ldy, float[] mean, int meanOffset, float[] rstd,
            int rstdOffset) {
        for (int r = 0; r < rows; r++) {
            int xRow = xOffset + r * ldx;
            int yRow = yOffset + r * ldy;
            double sum = 0;
            for (int c = 0; c < cols; c++) {
                sum += x[xRow + c];
            }
            double center = sum / cols;
            double squares = 0;
            for (int c = 0; c < cols; c++) {
                double deviation = x[xRow + c] - center;
                squares += deviation * deviation;
            }
            double inverse = 1 / Math.sqrt(squares / cols + epsilon);
            for (int c = 0; c < cols; c++) {
                y[yRow + c] = (float) ((x[xRow + c] - center) * inverse * gamma[gammaOffset + c]
                        + beta[betaOffset + c]);
            }
            mean[meanOffset + r] = (float) center;
            rstd[rstdOffset + r] = (float) inverse;
        }
    }

    @Override
    public void layerNormGradients(
            int rows, int cols, float[] dY, int dYOffset, int lddY, float[] x, int xOffset, int ldx, float[] gamma,
            int gammaOffset, float[] mean, int meanOffset, float[] rstd, int rstdOffset, boolean add, float[] dX,
            int dXOffset, int lddX, float[] dGamma, int dGammaOffset, float[] dBeta, int dBetaOffset) {
        Scratch scratch = pool.acquire();
        double[] sums = scratch.sums(2 * cols);
        Arrays.fill(sums, 0, 2 * cols, 0);
        for (int r = 0; r < rows; r++) {
            int dYRow = dYOffset + r * lddY;
            int xRow = xOffset + r * ldx;
            int dXRow = dXOffset + r * lddX;
            double center = mean[meanOffset + r];
            double inverse = rstd[rstdOffset + r];
            double sumG = 0;
            double sumGh = 0;
            for (int c = 0; c < cols; c++) {
                double g = (double) dY[dYRow + c] * gamma[gammaOffset + c];
                double h = (x[xRow + c] - center) * inverse;
                sumG += g;
                sumGh += g * h;
                sums[c] += dY[dYRow + c] * h;
                sums[cols + c] += dY[dYRow + c];
            }
            for (int c = 0; c < cols; c++) {
                double g = (double) dY[dYRow + c] * gamma[gammaOffset + c];
                double h = (x[xRow + c] - center) * inverse;
                float gradient = (float) (inverse * (g - sumG / cols - h * (sumGh / cols)));
                dX[dXRow + c] = add ? dX[dXRow + c] + gradient : gradient;
            }
        }
        for (int c = 0; c < cols; c++) {
            dGamma[dGammaOffset + c] += (float) sums[c];
            dBeta[dBetaOffset + c] += (float) sums[cols + c];
        }
        pool.release(scratch);
    }

    @Override
    public void addLayerNorm(
            int rows, int cols, float epsilon, float[] x, int xOffset, int ldx, float[] residual, int residualOffset,
            int ldResidual, float[] bias, int biasOffset, float[] gamma, int gammaOffset, float[] beta, int betaOffset,
            float[] sum, int sumOffset, int ldSum, float[] y, int yOffset, int ldy, float[] mean, int meanOffset,
            float[] rstd, int rstdOffset) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                float s = x[xOffset + r * ldx + c] + residual[residualOffset + r * ldResidual + c];
                sum[sumOffset + r * ldSum + c] = bias == null ? s : s + bias[biasOffset + c];
            }
        }
        layerNorm(
                rows, cols, epsilon, sum, sumOffset, ldSum, gamma, gammaOffset, beta, betaOffset, y, yOffset, ldy,
                mean, meanOffset, rstd, rstdOffset);
    }

    @Override
    public void rmsNorm(
            int rows, int cols, float epsilon, float[] x, int xOffset, int ldx, float[] gamma, int gammaOffset,
            float[] y, int yOffset, int ldy, float[] rstd, int rstdOffset) {
        for (int r = 0; r < rows; r++) {
            int xRow = xOffset + r * ldx;
            double squares = 0;
            for (int c = 0; c < cols; c++) {
                squares += (double) x[xRow + c] * x[xRow + c];
            }
            double inverse = 1 / Math.sqrt(squares / cols + epsilon);
            for (int c = 0; c < cols; c++) {
                y[yOffset + r * ldy + c] = (float) (x[xRow + c] * inverse * gamma[gammaOffset + c]);
            }
            rstd[rstdOffset + r] = (float) inverse;
        }
    }

    @Override
    public void rmsNormGradients(
            int rows, int cols, float[] dY, int dYOffset, int lddY, float[] x, int xOffset, int ldx, float[] gamma,
            int gammaOffset, float[] rstd, int rstdOffset, boolean add, float[] dX, int dXOffset, int lddX,
            float[] dGamma, int dGammaOffset) {
        for (int r = 0; r < rows; r++) {
            int dYRow = dYOffset + r * lddY;
            int xRow = xOffset + r * ldx;
            int dXRow = dXOffset + r * lddX;
            double inverse = rstd[rstdOffset + r];
            double sumGh = 0;
            for (int c = 0; c < cols; c++) {
                double h = x[xRow + c] * inverse;
                sumGh += (double) dY[dYRow + c] * gamma[gammaOffset + c] * h;
                dGamma[dGammaOffset + c] += (float) (dY[dYRow + c] * h);
            }
            for (int c = 0; c < cols; c++) {
                double g = (double) dY[dYRow + c] * gamma[gammaOffset + c];
                float gradient = (float) (inverse * (g - x[xRow + c] * inverse * (sumGh / cols)));
                dX[dXRow + c] = add ? dX[dXRow + c] + gradient : gradient;
            }
        }
    }
}
