package dev.lanewise.kernels;

/**
 * Parameter updates. Source: Loshchilov, Hutter, Decoupled Weight Decay Regularization, 2019 (1711.05101).
 *
 * <p>For each element, with {@code g} the gradient times {@code gradientScale} and {@code bias1 = 1 - beta1^step} and {@code bias2 = 1 - beta2^step} given by the caller:
 * <pre>
 * m = beta1 * m + (1 - beta1) * g
 * v = beta2 * v + (1 - beta2) * g * g
 * w = w - learningRate * weightDecay * w - learningRate * (m / bias1) / (sqrt(v / bias2) + epsilon)
 * </pre>
 */
public interface UpdateKernels {
    /** One step over n contiguous elements. Modifies w, m and v; g is not modified. */
    void adamW(
            int n,
            float gradientScale,
            float learningRate,
            float beta1,
            float beta2,
            float epsilon,
            float weightDecay,
            float bias1,
            float bias2,
            float[] w,
            int wOffset,
            float[] g,
            int gOffset,
            float[] m,
            int mOffset,
            float[] v,
            int vOffset);

    /**
     * The same step on the given rows of tables [tableRows x dim] only (lazy Adam); w, g, m and v share one layout. The
     * gradient rows are set to zero afterwards, ready for the next step.
     */
    void adamWRows(
            int count,
            int dim,
            int[] rows,
            int rowsOffset,
            float gradientScale,
            float learningRate,
            float beta1,
            float beta2,
            float epsilon,
            float weightDecay,
            float bias1,
            float bias2,
            float[] w,
            float[] g,
            float[] m,
            float[] v,
            int tableOffset);
}
