package dev.lanewise.kernels;

/**
 * What happens to a product {@code P} before it leaves the core: {@code Z = P + bias}, {@code C = activation(Z) + residual},
 * or {@code C = activation'(X) * Z + residual} where there is an X to take the derivative at. Every part is optional. Plain fields: the facade has checked them.
 */
public final class Epilogue {
    /** Values of bias [n], one for each column of C, or null. */
    public float[] bias;

    /** Index of bias[0]. */
    public int biasOffset;

    /** The function; one whose derivative is taken from its input. */
    public ElementFunction activation = ElementFunction.IDENTITY;

    /** Receives Z [m x n], which the backward pass of an activation needs, or null. */
    public float[] preActivation;

    /** Index of Z[0, 0]. */
    public int preActivationOffset;

    /** Distance between two rows of Z. */
    public int preActivationLd;

    /** Values of X [m x n], the input of the activation whose backward pass this is, or null for its forward pass. */
    public float[] derivativeAt;

    /** Index of X[0, 0]. */
    public int derivativeAtOffset;

    /** Distance between two rows of X. */
    public int derivativeAtLd;

    /** Values of residual [m x n], or null. */
    public float[] residual;

    /** Index of residual[0, 0]. */
    public int residualOffset;

    /** Distance between two rows of residual. */
    public int residualLd;

    /** An epilogue that does nothing. */
    public Epilogue() {}
}
