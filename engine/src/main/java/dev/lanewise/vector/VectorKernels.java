package dev.lanewise.vector;

import dev.lanewise.kernels.ActivationKernels;
import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.kernels.ElementwiseKernels;
import dev.lanewise.kernels.EmbeddingKernels;
import dev.lanewise.kernels.KernelSet;
import dev.lanewise.kernels.MatMulKernels;
import dev.lanewise.kernels.NormKernels;
import dev.lanewise.kernels.SoftmaxKernels;
import dev.lanewise.kernels.UpdateKernels;
import jdk.incubator.vector.FloatVector;

/** The kernels on the Vector API, in the width that the machine prefers. */
public final class VectorKernels implements KernelSet {
    /** The only one; it has no state. */
    public static final VectorKernels INSTANCE = new VectorKernels();

    private final MatMulKernels matMul = new VectorMatMul();
    private final SoftmaxKernels softmax = new VectorSoftmax();
    private final AttentionKernels attention = new VectorAttention();
    private final NormKernels norm = new VectorNorm();
    private final ActivationKernels activation = new VectorActivation();
    private final ElementwiseKernels elementwise = new VectorElementwise();
    private final EmbeddingKernels embedding = new VectorEmbedding();
    private final UpdateKernels update = new VectorUpdate();

    private VectorKernels() {}

    @Override
    public int vectorBits() {
        // Not from Lanes: on a machine with narrower vectors than the kernels need, this must not fail.
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
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
