package dev.lanewise;

import dev.lanewise.kernels.ElementFunction;
import dev.lanewise.kernels.Epilogue;
import java.util.Objects;

/**
 * What happens to a product before it is stored: with {@code P = alpha * op(A) * op(B) + beta * C},
 *
 * <pre>{@code
 * Z = P + bias                        bias [n], one value for each column
 * C = activation(Z) + residual        residual [m x n]
 * }</pre>
 *
 * or, for the backward pass of the activation, with X its input and P the gradient of its output,
 *
 * <pre>{@code
 * C = activation'(X) * Z + residual   X [m x n], element by element
 * }</pre>
 *
 * Every part is optional. Done in the same call, it costs little more than the product: the values are still in registers or
 * in the first-level cache. A factor needs no epilogue: it is {@code alpha}.
 *
 * <p>An epilogue is set up once and used for many calls; to change it between calls allocates nothing. Arrays are kept by
 * reference and read when the product runs. Sizes and overlap are checked then, since they depend on the product. Use by
 * several threads is allowed while none of them changes it; where pre-activations are kept, their products would write one
 * array, so that each needs an epilogue of its own.
 *
 * <pre>{@code
 * MatMulEpilogue epilogue = new MatMulEpilogue().bias(weights, biasOffset).gelu();
 * engine.matMul().multiply(x, w, y, epilogue);
 * }</pre>
 *
 * A feed-forward layer {@code y = gelu(x W1 + b1) W2} is trained with two of them: forward,
 * {@code new MatMulEpilogue().bias(b1, 0).gelu().keepPreActivation(z, 0, hidden)} after {@code x W1}; backward,
 * {@code new MatMulEpilogue().gelu().derivativeAt(z, 0, hidden)} after {@code dY transpose(W2)}, which gives dZ.
 */
public final class MatMulEpilogue {
    private static final int ANY = -1;

    private final Epilogue values = new Epilogue();
    private int biasCols = ANY;
    private int preActivationRows = ANY;
    private int preActivationCols = ANY;
    private int derivativeRows = ANY;
    private int derivativeCols = ANY;
    private int residualRows = ANY;
    private int residualCols = ANY;

    /** An epilogue that does nothing yet. */
    public MatMulEpilogue() {}

    /**
     * Adds {@code bias[offset + j]} to column j.
     *
     * @param bias n values for products of n columns; not modified; may not overlap C
     * @param offset index of the first
     * @return this
     * @throws NullPointerException if {@code bias} is null
     */
    public MatMulEpilogue bias(float[] bias, int offset) {
        return setBias(bias, offset, ANY);
    }

    /**
     * Adds {@code bias[0, j]} to column j.
     *
     * @param bias [1 x n]; not modified; may not overlap C
     * @return this
     * @throws IllegalArgumentException if the matrix has not exactly one row
     */
    public MatMulEpilogue bias(Matrix bias) {
        if (bias.rows() != 1) {
            throw new IllegalArgumentException("a bias is one row, [1 x n], but this matrix is " + bias.shape());
        }
        return setBias(bias.data(), bias.offset(), bias.cols());
    }

    private MatMulEpilogue setBias(float[] bias, int offset, int cols) {
        values.bias = Objects.requireNonNull(bias, "bias");
        values.biasOffset = offset;
        biasCols = cols;
        return this;
    }

    /**
     * {@code activation(z) = max(0, z)}, as {@link ActivationOps#relu}: NaN stays NaN, negative zero becomes zero. Replaces
     * another activation.
     *
     * @return this
     */
    public MatMulEpilogue relu() {
        values.activation = ElementFunction.RELU;
        return this;
    }

    /**
     * {@code activation(z) = z * (1 + erf(z / sqrt(2))) / 2}, as {@link ActivationOps#gelu}: NaN and positive infinity stay,
     * negative infinity becomes zero. Replaces another activation.
     *
     * @return this
     */
    public MatMulEpilogue gelu() {
        values.activation = ElementFunction.GELU;
        return this;
    }

    /**
     * {@code activation(z) = z * (1 + tanh(sqrt(2 / pi) * (z + 0.044715 * z^3))) / 2}, as {@link ActivationOps#geluTanh}.
     * Replaces another activation.
     *
     * @return this
     */
    public MatMulEpilogue geluTanh() {
        values.activation = ElementFunction.GELU_TANH;
        return this;
    }

    /**
     * {@code activation(z) = z / (1 + exp(-z))}, as {@link ActivationOps#silu}. Replaces another activation.
     *
     * @return this
     */
    public MatMulEpilogue silu() {
        values.activation = ElementFunction.SILU;
        return this;
    }

    /**
     * Has Z written to an array as well, for the backward pass of the activation. What C receives does not depend on it.
     *
     * @param z [m x n] for products of that shape; overwritten; may not overlap A, B, C or another part
     * @param offset index of its first element
     * @param ld distance between two rows, at least n
     * @return this
     * @throws NullPointerException if {@code z} is null
     */
    public MatMulEpilogue keepPreActivation(float[] z, int offset, int ld) {
        return setPreActivation(z, offset, ld, ANY, ANY);
    }

    /**
     * Has Z written to a matrix as well, for the backward pass of the activation.
     *
     * @param z [m x n]; overwritten; may not overlap A, B, C or another part
     * @return this
     */
    public MatMulEpilogue keepPreActivation(Matrix z) {
        return setPreActivation(z.data(), z.offset(), z.stride(), z.rows(), z.cols());
    }

    private MatMulEpilogue setPreActivation(float[] z, int offset, int ld, int rows, int cols) {
        values.preActivation = Objects.requireNonNull(z, "z");
        values.preActivationOffset = offset;
        values.preActivationLd = ld;
        preActivationRows = rows;
        preActivationCols = cols;
        return this;
    }

    /**
     * Has Z multiplied by the derivative of the activation, {@code C = activation'(X) * Z + residual}, instead of the
     * activation applied to it: the backward pass of {@code activation(X)} for an incoming gradient Z. The derivative is that
     * of {@link ActivationOps}; without an activation it is 1, and X is not read. For ReLU, the output of the activation does
     * as well as its input.
     *
     * @param x [m x n] for products of that shape; not modified; may not overlap C
     * @param offset index of its first element
     * @param ld distance between two rows, at least n
     * @return this
     * @throws NullPointerException if {@code x} is null
     */
    public MatMulEpilogue derivativeAt(float[] x, int offset, int ld) {
        return setDerivative(x, offset, ld, ANY, ANY);
    }

    /**
     * Has Z multiplied by the derivative of the activation at a matrix, instead of the activation applied to it.
     *
     * @param x [m x n]; not modified; may not overlap C
     * @return this
     */
    public MatMulEpilogue derivativeAt(Matrix x) {
        return setDerivative(x.data(), x.offset(), x.stride(), x.rows(), x.cols());
    }

    private MatMulEpilogue setDerivative(float[] x, int offset, int ld, int rows, int cols) {
        values.derivativeAt = Objects.requireNonNull(x, "x");
        values.derivativeAtOffset = offset;
        values.derivativeAtLd = ld;
        derivativeRows = rows;
        derivativeCols = cols;
        return this;
    }

    /**
     * Adds {@code r[offset + i * ld + j]} to element (i, j), after the activation. To add what C itself holds, before the
     * activation, is {@code beta = 1}.
     *
     * @param r [m x n] for products of that shape; not modified; may not overlap C
     * @param offset index of its first element
     * @param ld distance between two rows, at least n
     * @return this
     * @throws NullPointerException if {@code r} is null
     */
    public MatMulEpilogue residual(float[] r, int offset, int ld) {
        return setResidual(r, offset, ld, ANY, ANY);
    }

    /**
     * Adds a matrix, after the activation.
     *
     * @param r [m x n]; not modified; may not overlap C
     * @return this
     */
    public MatMulEpilogue residual(Matrix r) {
        return setResidual(r.data(), r.offset(), r.stride(), r.rows(), r.cols());
    }

    private MatMulEpilogue setResidual(float[] r, int offset, int ld, int rows, int cols) {
        values.residual = Objects.requireNonNull(r, "r");
        values.residualOffset = offset;
        values.residualLd = ld;
        residualRows = rows;
        residualCols = cols;
        return this;
    }

    /**
     * Forgets all parts: the epilogue does nothing until they are set again.
     *
     * @return this
     */
    public MatMulEpilogue clear() {
        values.bias = null;
        values.activation = ElementFunction.IDENTITY;
        values.preActivation = null;
        values.derivativeAt = null;
        values.residual = null;
        return this;
    }

    /** The parts for the kernels, or null if there are none. */
    Epilogue values() {
        boolean none = values.bias == null && values.activation == ElementFunction.IDENTITY
                && values.preActivation == null && values.residual == null;
        return none ? null : values;
    }

    /** That all parts fit a [m x n] result and lie inside their arrays, and that no output overlaps another part. */
    void check(int m, int n, float[] c, int cOffset, int ldc) {
        Epilogue e = values;
        if (e.bias != null) {
            fits("bias", 1, biasCols, 1, n);
            Checks.vector("bias", e.bias, e.biasOffset, n);
            // One row has any distance to the next: with that of C, a bias between two rows of C is seen to lie apart.
            Overlap.separateMatrices("C", c, cOffset, m, n, ldc, "bias", e.bias, e.biasOffset, 1, n, ldc);
        }
        if (e.residual != null) {
            fits("residual", residualRows, residualCols, m, n);
            Checks.matrix("residual", e.residual, e.residualOffset, m, n, e.residualLd);
            Overlap.separateMatrices(
                    "C", c, cOffset, m, n, ldc, "residual", e.residual, e.residualOffset, m, n, e.residualLd);
        }
        if (e.derivativeAt != null) {
            fits("X of the derivative", derivativeRows, derivativeCols, m, n);
            Checks.matrix("X of the derivative", e.derivativeAt, e.derivativeAtOffset, m, n, e.derivativeAtLd);
            Overlap.separateMatrices(
                    "C", c, cOffset, m, n, ldc, "X of the derivative", e.derivativeAt, e.derivativeAtOffset, m, n,
                    e.derivativeAtLd);
        }
        if (e.preActivation != null) {
            fits("preActivation", preActivationRows, preActivationCols, m, n);
            Checks.matrix("preActivation", e.preActivation, e.preActivationOffset, m, n, e.preActivationLd);
            checkOperand(m, n, "C", c, cOffset, m, n, ldc);
            if (e.bias != null) {
                checkOperand(m, n, "bias", e.bias, e.biasOffset, 1, n, e.preActivationLd);
            }
            if (e.residual != null) {
                checkOperand(m, n, "residual", e.residual, e.residualOffset, m, n, e.residualLd);
            }
            if (e.derivativeAt != null) {
                checkOperand(
                        m, n, "X of the derivative", e.derivativeAt, e.derivativeAtOffset, m, n, e.derivativeAtLd);
            }
        }
    }

    /** That the pre-activations of a [m x n] result are not written over a [rows x cols] operand. */
    void checkOperand(int m, int n, String name, float[] data, int offset, int rows, int cols, int ld) {
        Epilogue e = values;
        if (e.preActivation != null) {
            Overlap.separateMatrices(
                    "preActivation", e.preActivation, e.preActivationOffset, m, n, e.preActivationLd, name, data,
                    offset,
                    rows, cols, ld);
        }
    }

    /** Parts that were given as a matrix have a shape, which must be that of the result. */
    private static void fits(String name, int rows, int cols, int m, int n) {
        if (cols != ANY && (rows != m || cols != n)) {
            throw new IllegalArgumentException(
                    "shapes do not fit: " + name + " [" + rows + " x " + cols + "], but the product needs [" + m + " x "
                            + n + "]");
        }
    }
}
