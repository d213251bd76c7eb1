package dev.lanewise.kernels;

/** Softmax over rows, and the cross-entropy loss that is built on it. */
public interface SoftmaxKernels {
    /**
     * {@code y[r, c] = exp(x[r, c] - max_r) / sum over c of exp(x[r, c] - max_r)}. A row of only negative infinities (all
     * masked) yields zeros; a NaN anywhere in a row, or a positive infinity, yields NaN in the whole row. {@code y} may be
     * {@code x} with the same offset and leading dimension.
     */
    void softmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy);

    /**
     * Softmax over the first {@code lengths[lengthsOffset + r]} columns of each row r; the remaining columns of y are set
     * to zero and those of x are not read. A length of zero yields a row of zeros.
     */
    void softmaxPrefix(
            int rows,
            int cols,
            int[] lengths,
            int lengthsOffset,
            float[] x,
            int xOffset,
            int ldx,
            float[] y,
            int yOffset,
            int ldy);

    /**
     * {@code dX[r, c] = y[r, c] * (dY[r, c] - sum over c of dY[r, c] * y[r, c])}, with y the output of the forward pass.
     * {@code dX} may be {@code dY} with the same offset and leading dimension.
     */
    void softmaxBackward(
            int rows,
            int cols,
            float[] y,
            int yOffset,
            int ldy,
            float[] dY,
            int dYOffset,
            int lddY,
            float[] dX,
            int dXOffset,
            int lddX);

    /**
     * {@code losses[r] = log(sum over c of exp(logits[r, c])) - logits[r, label_r]}, one loss a row, computed without
     * overflow. Labels are within 0..classes-1.
     */
    void crossEntropy(
            int rows,
            int classes,
            float[] logits,
            int logitsOffset,
            int ldLogits,
            int[] labels,
            int labelsOffset,
            float[] losses,
            int lossesOffset);

    /** {@code dLogits[r, c] = scale * (softmax(logits[r])[c] - (c == label_r ? 1 : 0))}. May be in place. */
    void crossEntropyBackward(
            int rows,
            int classes,
            float[] logits,
            int logitsOffset,
            int ldLogits,
            int[] labels,
            int labelsOffset,
            float scale,
            float[] dLogits,
            int dLogitsOffset,
            int lddLogits);

    /**
     * {@code y[r, c] = x[r, c] - max_r - log(sum over c of exp(x[r, c] - max_r))}. A row of only negative infinities stays
     * as it is; a NaN anywhere in a row, or a positive infinity, yields NaN in the whole row. May be in place.
     */
    void logSoftmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy);

    /** {@code dX[r, c] = dY[r, c] - exp(y[r, c]) * sum over c of dY[r, c]}, with y that of the forward pass. dX may be dY. */
    void logSoftmaxBackward(
            int rows,
            int cols,
            float[] y,
            int yOffset,
            int ldy,
            float[] dY,
            int dYOffset,
            int lddY,
            float[] dX,
            int dXOffset,
            int lddX);

    /** {@link #crossEntropy} and {@link #crossEntropyBackward} with one exponential for each logit. May be in place. */
    void crossEntropyWithGradient(
            int rows,
            int classes,
            float[] logits,
            int logitsOffset,
            int ldLogits,
            int[] labels,
            int labelsOffset,
            float scale,
            float[] losses,
            int lossesOffset,
            float[] dLogits,
            int dLogitsOffset,
            int lddLogits);
}
