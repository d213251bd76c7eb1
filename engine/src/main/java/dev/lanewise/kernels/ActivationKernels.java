package dev.lanewise.kernels;

/** Activation functions over n contiguous elements. Outputs may be in place over an input of the same offset. */
public interface ActivationKernels {
    /** {@code y = max(x, 0)}; NaN stays NaN, negative zero becomes zero. */
    void relu(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code dX = x > 0 ? dY : 0}. */
    void reluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset);

    /**
     * {@code y = x * (1 + erf(x / sqrt(2))) / 2}, the exact form. Source: Hendrycks, Gimpel, Gaussian Error Linear Units,
     * 2016 (1606.08415).
     */
    void gelu(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code dX = dY * (Phi(x) + x * phi(x))} with Phi and phi the normal distribution and its density. */
    void geluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset);
}
