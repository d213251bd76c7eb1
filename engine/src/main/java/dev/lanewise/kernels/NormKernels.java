package dev.lanewise.kernels;

/**
 * Normalisation over rows. Sources: Ba, Kiros, Hinton, Layer Normalization, 2016 (1607.06450); Zhang, Sennrich, Root Mean
 * Square Layer Normalization, 2019 (1910.07467).
 */
public interface NormKernels {
    /**
     * {@code mean[r] = sum(x[r]) / cols}, {@code rstd[r] = 1 / sqrt(sum((x[r] - mean[r])^2) / cols + epsilon)},
     * {@code y[r, c] = (x[r, c] - mean[r]) * rstd[r] * gamma[c] + beta[c]}. The variance is taken of the deviations, in a
     * second pass over the row, so a large common offset does no harm. {@code y} may be {@code x} in place.
     */
    void layerNorm(
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
            int rstdOffset);

    /**
     * The gradients of input and parameters in one pass over dY and x. With {@code h[c] = (x[r, c] - mean[r]) * rstd[r]} and
     * {@code g[c] = dY[r, c] * gamma[c]}: {@code dX[r, c] (+)= rstd[r] * (g[c] - sum(g) / cols - h[c] * sum(g * h) / cols)},
     * added where {@code add} is true; where it is not, dX may be dY. Adds {@code dY[r, c] * h[c]} to dGamma[c] and
     * {@code dY[r, c]} to dBeta[c], the rows in ascending order.
     */
    void layerNormGradients(
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
            int dBetaOffset);

    /**
     * {@code sum[r, c] = x[r, c] + residual[r, c] + bias[c]}, summed from left to right, and the layer normalisation of
     * it, without reading sum from memory again. No bias where {@code bias} is null. {@code sum} may be x or residual in
     * place.
     */
    void addLayerNorm(
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
            int rstdOffset);

    /**
     * {@code rstd[r] = 1 / sqrt(sum(x[r]^2) / cols + epsilon)}, {@code y[r, c] = x[r, c] * rstd[r] * gamma[c]}. May be in
     * place.
     */
    void rmsNorm(
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
            int rstdOffset);

    /**
     * With {@code h[c] = x[r, c] * rstd[r]} and {@code g[c] = dY[r, c] * gamma[c]}:
     * {@code dX[r, c] (+)= rstd[r] * (g[c] - h[c] * sum(g * h) / cols)}, added where {@code add} is true; where it is not,
     * dX may be dY. Adds {@code dY[r, c] * h[c]} to dGamma[c], the rows in ascending order.
     */
    void rmsNormGradients(
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
            int dGammaOffset);
}
