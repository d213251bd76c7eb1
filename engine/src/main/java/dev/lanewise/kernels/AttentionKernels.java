package dev.lanewise.kernels;

/**
 * Scaled dot-product attention of one head: {@code out = softmax(scale * Q * transpose(K) + mask) * V}, where Q is
 * [queries x headDim], K and V are [keys x headDim], row-major with leading dimensions of their own.
 *
 * <p>Query i sees key j if {@code j < validKeys} and, where causal, {@code j <= i + keys - queries}: the last query sees
 * the last key. A query that sees no key yields a row of zeros, a logSumExp of negative infinity, and zero gradients.
 * Source: Vaswani et al., Attention Is All You Need, 2017 (1706.03762); tiled: Dao, FlashAttention-2, 2023 (2307.08691).
 */
public interface AttentionKernels {
    /**
     * Forward pass for the queries {@code queryFrom..queryTo-1}; offsets are those of row 0.
     * {@code logSumExp[i] = log(sum over seen j of exp(scale * Q[i] . K[j]))} is kept for the backward pass.
     */
    void forward(
            int queryFrom,
            int queryTo,
            int queries,
            int keys,
            int validKeys,
            int headDim,
            boolean causal,
            float scale,
            float[] q,
            int qOffset,
            int ldq,
            float[] k,
            int kOffset,
            int ldk,
            float[] v,
            int vOffset,
            int ldv,
            float[] out,
            int outOffset,
            int ldOut,
            float[] logSumExp,
            int logSumExpOffset);

    /**
     * Backward pass of a whole head. With P the weights of the forward pass and {@code D[i] = dOut[i] . out[i]}:
     * {@code dV = transpose(P) * dOut}, {@code dS = P * (dOut * transpose(V) - D)} by element,
     * {@code dQ = scale * dS * K}, {@code dK = scale * transpose(dS) * Q}. All rows of dQ, dK and dV are overwritten;
     * those of keys that nobody sees become zero. dQ, dK, dV have the leading dimensions of Q, K, V; dOut that of out.
     */
    void backward(
            int queries,
            int keys,
            int validKeys,
            int headDim,
            boolean causal,
            float scale,
            float[] q,
            int qOffset,
            int ldq,
            float[] k,
            int kOffset,
            int ldk,
            float[] v,
            int vOffset,
            int ldv,
            float[] out,
            int outOffset,
            int ldOut,
            float[] logSumExp,
            int logSumExpOffset,
            float[] dOut,
            int dOutOffset,
            float[] dQ,
            int dQOffset,
            float[] dK,
            int dKOffset,
            float[] dV,
            int dVOffset);
}
