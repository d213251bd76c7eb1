package dev.lanewise.kernels;

/** One implementation of every kernel family. */
public interface KernelSet {
    /**
     * The width the kernels work with.
     *
     * @return bits of a vector register, 32 for scalar code
     */
    int vectorBits();

    /**
     * Matrix multiply.
     *
     * @return the kernels
     */
    MatMulKernels matMul();

    /**
     * Softmax and cross-entropy.
     *
     * @return the kernels
     */
    SoftmaxKernels softmax();

    /**
     * Scaled dot-product attention.
     *
     * @return the kernels
     */
    AttentionKernels attention();

    /**
     * Normalisation.
     *
     * @return the kernels
     */
    NormKernels norm();

    /**
     * Activation functions.
     *
     * @return the kernels
     */
    ActivationKernels activation();

    /**
     * Additions, sums and dropout.
     *
     * @return the kernels
     */
    ElementwiseKernels elementwise();

    /**
     * Tables, positions and pooling.
     *
     * @return the kernels
     */
    EmbeddingKernels embedding();

    /**
     * Parameter updates.
     *
     * @return the kernels
     */
    UpdateKernels update();
}
