package dev.lanewise.kernels;

/** Functions of one number that are applied element by element, each with its derivative. */
public enum ElementFunction {
    /** {@code x}. */
    IDENTITY(false),
    /** {@code max(x, 0)}; its derivative is 0 at 0. */
    RELU(false),
    /** {@code x * Phi(x)} with Phi the normal distribution. */
    GELU(false),
    /** {@code x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2}. */
    GELU_TANH(false),
    /** {@code x / (1 + exp(-x))}. */
    SILU(false),
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID(true),
    /** The hyperbolic tangent. */
    TANH(true),
    /** The exponential. */
    EXP(true),
    /** The natural logarithm. */
    LOG(false),
    /** The error function. */
    ERF(false);

    private final boolean derivedFromOutput;

    ElementFunction(boolean derivedFromOutput) {
        this.derivedFromOutput = derivedFromOutput;
    }

    /**
     * What the backward pass reads.
     *
     * @return whether it is the output of the forward pass rather than its input
     */
    public boolean derivedFromOutput() {
        return derivedFromOutput;
    }
}
