package dev.lanewise.kernels;

/** Additions, sums and dropout. Outputs may be in place over an input of the same offset and leading dimension. */
public interface ElementwiseKernels {
    /** {@code out = x + y}. */
    void add(int n, float[] x, int xOffset, float[] y, int yOffset, float[] out, int outOffset);

    /** {@code y = factor * x}. */
    void scale(int n, float factor, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code y[r, c] = x[r, c] + bias[c]}. */
    void addBias(
            int rows,
            int cols,
            float[] x,
            int xOffset,
            int ldx,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset,
            int ldy);

    /**
     * Adds {@code sum over r of dY[r, c]} to dBias[c] for the columns {@code colFrom..colTo-1}, the rows in ascending
     * order. Offsets are those of row 0 and column 0.
     */
    void biasGradient(
            int rows, int colFrom, int colTo, float[] dY, int dYOffset, int lddY, float[] dBias, int dBiasOffset);

    /**
     * Inverted dropout: {@code y[i] = keep(seed, firstIndex + i) ? x[i] * (1 / (1 - probability)) : 0}. Whether an element is
     * kept depends on the seed and on its index alone (see {@link Dropout}), so every implementation, cut and thread
     * count drops the same ones, and the backward pass is the same call on dY.
     */
    void dropout(int n, float probability, long seed, long firstIndex, float[] x, int xOffset, float[] y, int yOffset);

    /**
     * {@code sum of x[i] * x[i]}, in float lanes of fixed order and then in double, or all in double where squares leave the
     * range of float; same bits for the same range.
     */
    double sumOfSquares(int n, float[] x, int xOffset);
}
