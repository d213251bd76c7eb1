package dev.lanewise.benchmarks.peers;

import java.util.List;

/**
 * A stack of pre-norm transformer layers and a layer norm behind it, without dropout or masks. Each layer is
 * {@code mid = x + attention(norm1(x))}, {@code y = mid + contract(gelu(expand(norm2(mid))))}; tokens are rows.
 *
 * @param batch number of sequences
 * @param tokens length of each
 * @param modelDim columns of a token
 * @param heads number of heads, which divides modelDim
 * @param feedForwardDim hidden columns
 * @param layers number of layers
 * @param weights of each layer {@link #LAYER_WEIGHTS} in that order, then gamma and beta of the last norm; read only
 * @param x [batch * tokens x modelDim]
 * @param y [batch * tokens x modelDim], overwritten
 */
public record EncoderWorkload(
        int batch, int tokens, int modelDim, int heads, int feedForwardDim, int layers, List<Weight> weights, float[] x,
        float[] y) implements Workload {
    /** Names of what a layer learns, in the order of {@link #weights}. */
    public static final List<String> LAYER_WEIGHTS = List.of(
            "norm1.gamma", "norm1.beta", "attention.qkv.weight", "attention.qkv.bias", "attention.output.weight",
            "attention.output.bias", "norm2.gamma", "norm2.beta", "feedForward.expand.weight",
            "feedForward.expand.bias", "feedForward.contract.weight", "feedForward.contract.bias");

    /**
     * A parameter.
     *
     * @param name such as {@code 0.norm1.gamma}
     * @param rows columns of the layer's input; 1 for a vector
     * @param cols columns of its output
     * @param values [rows x cols]
     */
    public record Weight(String name, int rows, int cols, float[] values) {}

    /**
     * How many columns queries, keys and values of a head have.
     *
     * @return modelDim / heads
     */
    public int headDim() {
        return modelDim / heads;
    }

    /**
     * Matrix products of the forward pass: 2 for each token and weight, and two products of attention.
     *
     * @return floating-point operations
     */
    @Override
    public double work() {
        return 2 * linear() + 4 * pairs();
    }

    /** Three times the products with weights, and 14 instead of 4 for attention. */
    double trainingWork() {
        return 6 * linear() + 14 * pairs();
    }

    private double linear() {
        return (double) batch * tokens * layers * (4.0 * modelDim * modelDim + 2.0 * modelDim * feedForwardDim);
    }

    private double pairs() {
        return (double) batch * tokens * tokens * modelDim * layers;
    }

    @Override
    public List<float[]> outputs() {
        return List.of(y);
    }
}
