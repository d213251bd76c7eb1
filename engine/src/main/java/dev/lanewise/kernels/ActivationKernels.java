package dev.lanewise.kernels;

/** Functions of one number over n contiguous elements. Outputs may be in place over an input of the same offset. */
public interface ActivationKernels {
    /** {@code y = f(x)}. */
    void forward(ElementFunction f, int n, float[] x, int xOffset, float[] y, int yOffset);

    /**
     * {@code dX = f'(x) * dY}, from x or from {@code y = f(x)}: see {@link ElementFunction#derivedFromOutput}.
     *
     * @param kept the one that f asks for
     */
    void backward(
            ElementFunction f, int n, float[] kept, int keptOffset, float[] dY, int dYOffset, float[] dX, int dXOffset);
}
