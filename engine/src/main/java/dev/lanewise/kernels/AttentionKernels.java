package dev.lanewise.kernels;

/**
 * Scaled dot-product attention of one head: {@code out = softmax(scale * Q * transpose(K) + bias) * V}, where Q is
 * [queries x headDim], K and V are [keys x headDim].
 *
 * <p>Query i sees the keys {@code firstKey(i)..endKey(i)-1} of the {@link AttentionCall}. A query that sees no key, or
 * only keys with a bias of negative infinity, yields a row of zeros, a logSumExp of negative infinity, and zero gradients.
 * Source: Vaswani et al., Attention Is All You Need, 2017 (1706.03762); tiled: Dao, FlashAttention-2, 2023 (2307.08691).
 */
public interface AttentionKernels {
    /**
     * Forward pass for the queries {@code queryFrom..queryTo-1}: writes their rows of out and
     * {@code logSumExp[i] = log(sum over seen j of exp(scale * Q[i] . K[j] + bias[i, j]))}, which knows nothing of dropout.
     */
    void forward(AttentionCall call, int queryFrom, int queryTo);

    /**
     * Backward pass for the keys {@code keyFrom..keyTo-1}. With P the weights of the forward pass, M what dropout makes of
     * a weight (0 or {@code 1 / (1 - dropout)}) and {@code D[i] = dOut[i] . out[i]}: {@code dV = transpose(P * M) * dOut},
     * {@code dS = P * (dOut * transpose(V) * M - D)} by element, {@code dQ = scale * dS * K},
     * {@code dK = scale * transpose(dS) * Q}. The rows of dK and dV of these keys are complete, zero where nobody sees
     * them; dQ is what these keys contribute to all of its rows.
     */
    void backward(AttentionCall call, int keyFrom, int keyTo);

    /**
     * Adds the {@code dS} of {@link #backward} to the dBias of the keys {@code keyFrom..keyTo-1}, query after query; that of
     * a pair that is not seen is zero. Reads what the backward pass reads, and writes nothing else.
     */
    void biasGradient(AttentionCall call, int keyFrom, int keyTo);
}
