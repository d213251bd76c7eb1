package dev.lanewise;

import dev.lanewise.BlockTask.Body;
import dev.lanewise.kernels.ActivationKernels;
import dev.lanewise.kernels.ElementFunction;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * Activation and elementary functions over n contiguous elements, each with its backward pass. An output may be exactly an
 * input (same array, same offset), and may not overlap it otherwise. NaN stays NaN everywhere. The same arguments give the
 * same bits for any number of threads and any width of vectors.
 *
 * <p>Errors stated are those of {@link Implementation#VECTOR}, the largest over all floats, in units in the last place (ulp)
 * of the exact result, denormal ones too, or in absolute terms; {@link Implementation#SCALAR} computes in double and rounds
 * once. A backward pass is stated for an incoming gradient of 1.
 */
public final class ActivationOps {
    private static final int KEPT = 0;
    private static final int Y = 1;
    private static final int DY = 2;
    private static final int DX = 3;
    private static final int FUNCTION = 0;
    private static final ElementFunction[] FUNCTIONS = ElementFunction.values();

    private static final Body<ActivationKernels> FORWARD = (kernels, task, from, count) -> kernels.forward(
            FUNCTIONS[task.size(FUNCTION)], count, task.data(KEPT), task.at(KEPT, from), task.data(Y),
            task.at(Y, from));

    private static final Body<ActivationKernels> BACKWARD = (kernels, task, from, count) -> kernels.backward(
            FUNCTIONS[task.size(FUNCTION)], count, task.data(KEPT), task.at(KEPT, from), task.data(DY),
            task.at(DY, from), task.data(DX), task.at(DX, from));

    private final Pool<BlockTask<ActivationKernels>> tasks;

    ActivationOps(ActivationKernels kernels, Workers workers, Lifetime lifetime) {
        tasks = BlockTask.pool(kernels, workers, lifetime);
    }

    /**
     * {@code y = max(x, 0)}. Exact. Negative zero becomes zero.
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        forward(ElementFunction.RELU, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dX = x > 0 ? dY : 0}. The output of the forward pass does as well as its input.
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
        backward(ElementFunction.RELU, n, "x", x, xOffset, dY, dYOffset, dX, dXOffset);
    }

    /**
     * {@code y = x * (1 + erf(x / sqrt(2))) / 2}, the exact form. At most 1.75e-7 |x| off, that is 1.75e-7 in the normal
     * distribution that x is multiplied by; within 7.2 ulp from -1 up. From -5.5 down it is negative zero, at
     * 5.5 and above x. Source: Hendrycks, Gimpel, Gaussian Error Linear Units, 2016 (1606.08415).
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        forward(ElementFunction.GELU, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dX = dY * (Phi(x) + x * phi(x))} with Phi and phi the normal distribution and its density. The factor is
     * at most 1.8e-7 off; from 6.1 up it is 1 and from -6.1 down 0.
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
        backward(ElementFunction.GELU, n, "x", x, xOffset, dY, dYOffset, dX, dXOffset);
    }

    /**
     * {@code y = x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2}, which models were trained with when the
     * error function was slow; it is up to 5e-4 away from {@link #gelu}. At most 1.3e-7 |x| off; within 3.1 ulp
     * from -1 up. Negative zero for negative infinity. Source as {@link #gelu}.
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        forward(ElementFunction.GELU_TANH, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dX = dY * y'(x)} for the y of {@link #geluTanh}. The factor is at most 1.4e-7 off; 1 and 0 at the
     * infinities.
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
    public void geluTanhBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        backward(ElementFunction.GELU_TANH, n, "x", x, xOffset, dY, dYOffset, dX, dXOffset);
    }

    /**
     * {@code y = x / (1 + exp(-x))}, also called swish. At most 3.4 ulp off down to -103.97; below it is zero. Negative zero for negative infinity.
     * Source: Elfwing, Uchibe, Doya, Sigmoid-Weighted Linear Units, 2017 (1702.03118).
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        forward(ElementFunction.SILU, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dX = dY * s * (1 + x * (1 - s))} with {@code s = 1 / (1 + exp(-x))}. The factor is at most 1.2e-7 off; 1
     * and 0 at the infinities.
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
    public void siluBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        backward(ElementFunction.SILU, n, "x", x, xOffset, dY, dYOffset, dX, dXOffset);
    }

    /**
     * {@code y = 1 / (1 + exp(-x))}. At most 2.5 ulp off. 1 and 0 for the infinities.
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void sigmoid(int n, float[] x, int xOffset, float[] y, int yOffset) {
        forward(ElementFunction.SIGMOID, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dX = dY * y * (1 - y)}.
     *
     * @param n number of elements
     * @param y output of the forward pass; not modified unless dX is y
     * @param yOffset index of its first element
     * @param dY gradient of the output; not modified unless dX is dY
     * @param dYOffset index of its first element
     * @param dX gradient of the input; overwritten; may be y or dY in place
     * @param dXOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or dX overlaps an input without being it
     */
    public void sigmoidBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        backward(ElementFunction.SIGMOID, n, "y", y, yOffset, dY, dYOffset, dX, dXOffset);
    }

    /**
     * {@code y = tanh(x)}. At most 2.5 ulp off. 1 and -1 for the infinities; zeros stay.
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void tanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        forward(ElementFunction.TANH, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dX = dY * (1 - y * y)}.
     *
     * @param n number of elements
     * @param y output of the forward pass; not modified unless dX is y
     * @param yOffset index of its first element
     * @param dY gradient of the output; not modified unless dX is dY
     * @param dYOffset index of its first element
     * @param dX gradient of the input; overwritten; may be y or dY in place
     * @param dXOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or dX overlaps an input without being it
     */
    public void tanhBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        backward(ElementFunction.TANH, n, "y", y, yOffset, dY, dYOffset, dX, dXOffset);
    }

    /**
     * {@code y = exp(x)}. At most 0.91 ulp off. Zero below -103.97 and for negative infinity, infinity above 88.72.
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void exp(int n, float[] x, int xOffset, float[] y, int yOffset) {
        forward(ElementFunction.EXP, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dX = dY * y}.
     *
     * @param n number of elements
     * @param y output of the forward pass; not modified unless dX is y
     * @param yOffset index of its first element
     * @param dY gradient of the output; not modified unless dX is dY
     * @param dYOffset index of its first element
     * @param dX gradient of the input; overwritten; may be y or dY in place
     * @param dXOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or dX overlaps an input without being it
     */
    public void expBackward(int n, float[] y, int yOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        backward(ElementFunction.EXP, n, "y", y, yOffset, dY, dYOffset, dX, dXOffset);
    }

    /**
     * {@code y = ln(x)}. At most 0.91 ulp off. Negative infinity for zeros, NaN below zero.
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
        forward(ElementFunction.LOG, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dX = dY / x}.
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
    public void logBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        backward(ElementFunction.LOG, n, "x", x, xOffset, dY, dYOffset, dX, dXOffset);
    }

    /**
     * {@code y = erf(x)}, the error function. At most 1.9 ulp off. 1 and -1 for the infinities; zeros stay.
     *
     * @param n number of elements
     * @param x input; not modified unless y is x
     * @param xOffset index of its first element
     * @param y output; overwritten; may be x in place
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void erf(int n, float[] x, int xOffset, float[] y, int yOffset) {
        forward(ElementFunction.ERF, n, x, xOffset, y, yOffset);
    }

    /**
     * {@code dX = dY * 2 / sqrt(pi) * exp(-x * x)}. The factor is at most 3.5 ulp off.
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
    public void erfBackward(int n, float[] x, int xOffset, float[] dY, int dYOffset, float[] dX, int dXOffset) {
        backward(ElementFunction.ERF, n, "x", x, xOffset, dY, dYOffset, dX, dXOffset);
    }

    private void forward(ElementFunction f, int n, float[] x, int xOffset, float[] y, int yOffset) {
        Checks.vector("x", x, xOffset, n);
        Checks.vector("y", y, yOffset, n);
        Overlap.vectors("y", y, yOffset, "x", x, xOffset, n);
        tasks.acquire().size(FUNCTION, f.ordinal()).operand(KEPT, x, xOffset, 1).operand(Y, y, yOffset, 1)
                .run(FORWARD, n, Blocks.ELEMENTS);
    }

    private void backward(
            ElementFunction f, int n, String name, float[] kept, int keptOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        Checks.vector(name, kept, keptOffset, n);
        Checks.vector("dY", dY, dYOffset, n);
        Checks.vector("dX", dX, dXOffset, n);
        Overlap.vectors("dX", dX, dXOffset, name, kept, keptOffset, n);
        Overlap.vectors("dX", dX, dXOffset, "dY", dY, dYOffset, n);
        tasks.acquire().size(FUNCTION, f.ordinal()).operand(KEPT, kept, keptOffset, 1).operand(DY, dY, dYOffset, 1)
                .operand(DX, dX, dXOffset, 1).run(BACKWARD, n, Blocks.ELEMENTS);
    }
}
