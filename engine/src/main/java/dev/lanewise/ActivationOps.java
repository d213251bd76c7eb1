package dev.lanewise;

import dev.lanewise.kernels.ActivationKernels;
import dev.lanewise.runtime.Workers;

/**
 * Activation functions over n contiguous elements. An output may be exactly an input (same array, same offset), and may
 * not overlap it otherwise.
 */
public final class ActivationOps {
    private final ActivationKernels kernels;
    private final Workers workers;

    ActivationOps(ActivationKernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
    }

    /**
     * {@code y = max(x, 0)}. NaN stays NaN, negative zero becomes zero.
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        check(n, x, xOffset, y, yOffset);
        int blocks = Blocks.count(n, Blocks.ELEMENTS);
        if (workers.threads() == 1 || blocks <= 1) {
            kernels.relu(n, x, xOffset, y, yOffset);
        } else {
            workers.run(
                    blocks,
                    block -> {
                        int from = block * Blocks.ELEMENTS;
                        kernels.relu(Blocks.length(n, Blocks.ELEMENTS, block), x, xOffset + from, y, yOffset + from);
                    });
        }
    }

    /**
     * {@code dX = x > 0 ? dY : 0}.
     *
     * @param n number of elements
     * @param x input of the forward pass; not modified unless dX is x
     * @param xOffset index of its first element
     * @param dY gradient of the output; not modified unless dX is dY
     * @param dYOffset index of its first element
     * @param dX gradient of the input; overwritten; may be x or dY in place
     * @param dXOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or dX overlaps an input without being it
     */
    public void reluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        checkBackward(n, x, xOffset, dY, dYOffset, dX, dXOffset);
        int blocks = Blocks.count(n, Blocks.ELEMENTS);
        if (workers.threads() == 1 || blocks <= 1) {
            kernels.reluBackward(n, x, xOffset, dY, dYOffset, dX, dXOffset);
        } else {
            workers.run(
                    blocks,
                    block -> {
                        int from = block * Blocks.ELEMENTS;
                        kernels.reluBackward(
                                Blocks.length(n, Blocks.ELEMENTS, block), x, xOffset + from, dY, dYOffset + from, dX,
                                dXOffset + from);
                    });
        }
    }

    /**
     * {@code y = x * (1 + erf(x / sqrt(2))) / 2}, the exact form. NaN stays NaN; positive infinity stays, negative infinity
     * becomes zero. Source: Hendrycks, Gimpel, Gaussian Error Linear Units, 2016 (1606.08415).
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        check(n, x, xOffset, y, yOffset);
        int blocks = Blocks.count(n, Blocks.ELEMENTS);
        if (workers.threads() == 1 || blocks <= 1) {
            kernels.gelu(n, x, xOffset, y, yOffset);
        } else {
            workers.run(
                    blocks,
                    block -> {
                        int from = block * Blocks.ELEMENTS;
                        kernels.gelu(Blocks.length(n, Blocks.ELEMENTS, block), x, xOffset + from, y, yOffset + from);
                    });
        }
    }

    /**
     * {@code dX = dY * (Phi(x) + x * phi(x))} with Phi and phi the normal distribution and its density. The factor is 1 at
     * positive and 0 at negative infinity.
     *
     * @param n number of elements
     * @param x input of the forward pass; not modified unless dX is x
     * @param xOffset index of its first element
     * @param dY gradient of the output; not modified unless dX is dY
     * @param dYOffset index of its first element
     * @param dX gradient of the input; overwritten; may be x or dY in place
     * @param dXOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or dX overlaps an input without being it
     */
    public void geluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        checkBackward(n, x, xOffset, dY, dYOffset, dX, dXOffset);
        int blocks = Blocks.count(n, Blocks.ELEMENTS);
        if (workers.threads() == 1 || blocks <= 1) {
            kernels.geluBackward(n, x, xOffset, dY, dYOffset, dX, dXOffset);
        } else {
            workers.run(
                    blocks,
                    block -> {
                        int from = block * Blocks.ELEMENTS;
                        kernels.geluBackward(
                                Blocks.length(n, Blocks.ELEMENTS, block), x, xOffset + from, dY, dYOffset + from, dX,
                                dXOffset + from);
                    });
        }
    }

    private static void check(int n, float[] x, int xOffset, float[] y, int yOffset) {
        Checks.vector("x", x, xOffset, n);
        Checks.vector("y", y, yOffset, n);
        Overlap.vectors("y", y, yOffset, "x", x, xOffset, n);
    }

    private static void checkBackward(
            int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        Checks.vector("x", x, xOffset, n);
        Checks.vector("dY", dY, dYOffset, n);
        Checks.vector("dX", dX, dXOffset, n);
        Overlap.vectors("dX", dX, dXOffset, "x", x, xOffset, n);
        Overlap.vectors("dX", dX, dXOffset, "dY", dY, dYOffset, n);
    }
}
