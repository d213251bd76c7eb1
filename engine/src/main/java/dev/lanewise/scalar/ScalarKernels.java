package dev.lanewise.scalar;

import dev.lanewise.kernels.ActivationKernels;
import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.kernels.ElementwiseKernels;
import dev.lanewise.kernels.EmbeddingKernels;
import dev.lanewise.kernels.KernelSet;
import dev.lanewise.kernels.MatMulKernels;
import dev.lanewise.kernels.NormKernels;
import dev.lanewise.kernels.SoftmaxKernels;
import dev.lanewise.kernels.UpdateKernels;

/** The scalar implementation of every kernel family. */
public final class ScalarKernels implements KernelSet {
    /** The only instance: kernels have no state but scratch memory that they share safely. */
    public static final ScalarKernels INSTANCE = new ScalarKernels();

    private final MatMulKernels matMul = new ScalarMatMul();
    private final SoftmaxKernels softmax = new ScalarSoftmax();
    private final AttentionKernels attention = new ScalarAttention();
    private final NormKernels norm = new ScalarNorm();
    private final ActivationKernels activation = new ScalarActivation();
    private final ElementwiseKernels elementwise = new ScalarElementwise();
    private final EmbeddingKernels embedding = new ScalarEmbedding();
    private final UpdateKernels update = new ScalarUpdate();

    private ScalarKernels() {}

    @Override
    public int vectorBits() {
        return Float.SIZE;
    }

    @Override
    public MatMulKernels matMul() {
        return matMul;
    }

    @Override
    public SoftmaxKernels softmax() {
        return softmax;
    }

    @Override
    public AttentionKernels attention() {
        return attention;
    }

    @Override
    public NormKernels norm() {
        return norm;
    }

    @Override
    public ActivationKernels activation() {
        return activation;
    }

    @Override
    public ElementwiseKernels elementwise() {
        return elementwise;
    }

    @Override
    public EmbeddingKernels embedding() {
        return embedding;
    }

    @Override
    public UpdateKernels update() {
        return update;
    }
}
