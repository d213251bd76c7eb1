package dev.lanewise;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * Scaled dot-product attention. In each head of each item, with Q, out [queries x headDim] and K, V [keys x headDim]:
 *
 * <pre>{@code
 * S = scale * Q * transpose(K) + mask     [queries x keys], negative infinity where a query does not see a key
 * P = softmax(S), row by row
 * out = dropout(P) * V
 * }</pre>
 *
 * <p>S and P are never written out where vectors are available: memory is linear in the number of queries and keys, and what
 * is masked by the causal triangle, a window or key lengths takes no time.
 *
 * <p>A query that sees no key yields a row of zeros, a logSumExp of negative infinity, and gradients of zero. NaN in what a
 * query sees makes its row NaN; keys and values behind the key lengths are not read, and those outside the band of the mask
 * have no effect. The same arguments give the same bits for any number of threads. An item of a ragged batch has the bits
 * that it has alone, but for dropout, whose decisions depend on the place in the batch.
 *
 * <p>Sources: Vaswani et al., Attention Is All You Need, 2017 (1706.03762); Dao et al., FlashAttention, 2022 (2205.14135);
 * Dao, FlashAttention-2, 2023 (2307.08691); shared heads: Ainslie et al., GQA, 2023 (2305.13245).
 */
public final class AttentionOps {
    private final Pool<AttentionTask> tasks;

    AttentionOps(AttentionKernels kernels, Workers workers, Lifetime lifetime) {
        Pool<AttentionCall> calls = new Pool<>(AttentionCall::new);
        tasks = new Pool<>(() -> new AttentionTask(kernels, workers, lifetime, calls));
    }

    /**
     * Attention of one head with a scale of {@code 1 / sqrt(headDim)}, for a caller who needs no gradient.
     *
     * @param q queries, [queries x headDim]; not modified
     * @param k keys, [keys x headDim]; not modified
     * @param v values, [keys x headDim]; not modified
     * @param out [queries x headDim]; overwritten
     * @param mask which keys a query sees
     * @throws IllegalArgumentException if the shapes or the mask do not fit, or out overlaps an input
     */
    public void forward(Matrix q, Matrix k, Matrix v, Matrix out, AttentionMask mask) {
        if (k.cols() != q.cols() || v.cols() != q.cols() || out.cols() != q.cols() || k.rows() != v.rows()
                || out.rows() != q.rows()) {
            throw new IllegalArgumentException(
                    "shapes do not fit: attention of q " + q.shape() + ", k " + k.shape() + ", v " + v.shape()
                            + " into out " + out.shape());
        }
        AttentionTask task = tasks.acquire();
        try {
            task.tensors.q(q.data(), q.offset()).k(k.data(), k.offset()).v(v.data(), v.offset())
                    .out(out.data(), out.offset());
            task.forward(task.oneHead(q, k, v, out), task.options.mask(mask));
        } finally {
            release(task);
        }
    }

    /**
     * Attention with a scale of {@code 1 / sqrt(headDim)} and without dropout, and {@code logSumExp[i] = log(sum over seen j
     * of exp(scale * Q[i] . K[j]))} for the backward pass.
     *
     * @param shape sizes and layout
     * @param mask which keys a query sees
     * @param q queries; not modified
     * @param qOffset index of the first element
     * @param k keys; not modified
     * @param kOffset index of the first element
     * @param v values; not modified
     * @param vOffset index of the first element
     * @param out overwritten
     * @param outOffset index of the first element
     * @param logSumExp [batch, heads, queries], dense, or [heads, queries of all items] of a ragged batch; overwritten; null
     *     for a caller who needs no gradient
     * @param logSumExpOffset index of the first element
     * @throws IllegalArgumentException if the mask does not fit the shape, a tensor does not lie inside its array, or an
     *     output overlaps another tensor
     */
    public void forward(
            AttentionShape shape, AttentionMask mask, float[] q, int qOffset, float[] k, int kOffset, float[] v,
            int vOffset, float[] out, int outOffset, float[] logSumExp, int logSumExpOffset) {
        AttentionTask task = tasks.acquire();
        try {
            task.tensors.q(q, qOffset).k(k, kOffset).v(v, vOffset).out(out, outOffset)
                    .logSumExp(logSumExp, logSumExpOffset);
            task.forward(shape, task.options.mask(mask));
        } finally {
            release(task);
        }
    }

    /**
     * Attention with any options.
     *
     * @param shape sizes and layout
     * @param options mask, scale and dropout
     * @param tensors q, k and v, which are not modified; out and, unless it is null, logSumExp, which are overwritten
     * @throws IllegalArgumentException if the mask does not fit the shape, a tensor does not lie inside its array, or an
     *     output overlaps another tensor
     * @throws NullPointerException if q, k, v or out is missing
     */
    public void forward(AttentionShape shape, AttentionOptions options, AttentionTensors tensors) {
        AttentionTask task = tasks.acquire();
        try {
            task.tensors.set(tensors);
            task.forward(shape, options);
        } finally {
            release(task);
        }
    }

    /**
     * The backward pass with a scale of {@code 1 / sqrt(headDim)} and without dropout; otherwise as
     * {@link #backward(AttentionShape, AttentionOptions, AttentionTensors)}.
     *
     * @param shape sizes and layout
     * @param mask the mask of the forward pass
     * @param q queries; not modified
     * @param qOffset index of the first element
     * @param k keys; not modified
     * @param kOffset index of the first element
     * @param v values; not modified
     * @param vOffset index of the first element
     * @param out output of the forward pass; not modified
     * @param outOffset index of the first element
     * @param logSumExp of the forward pass; not modified
     * @param logSumExpOffset index of the first element
     * @param dOut gradient of out, laid out like out; not modified
     * @param dOutOffset index of the first element
     * @param dQ gradient of q, laid out like q; overwritten
     * @param dQOffset index of the first element
     * @param dK gradient of k, laid out like k; overwritten
     * @param dKOffset index of the first element
     * @param dV gradient of v, laid out like v; overwritten
     * @param dVOffset index of the first element
     * @throws IllegalArgumentException if the mask does not fit the shape, a tensor does not lie inside its array, or an
     *     output overlaps another tensor or itself
     */
    public void backward(
            AttentionShape shape, AttentionMask mask, float[] q, int qOffset, float[] k, int kOffset, float[] v,
            int vOffset, float[] out, int outOffset, float[] logSumExp, int logSumExpOffset, float[] dOut,
            int dOutOffset, float[] dQ, int dQOffset, float[] dK, int dKOffset, float[] dV, int dVOffset) {
        AttentionTask task = tasks.acquire();
        try {
            task.tensors.q(q, qOffset).k(k, kOffset).v(v, vOffset).out(out, outOffset)
                    .logSumExp(logSumExp, logSumExpOffset).dOut(dOut, dOutOffset).dQ(dQ, dQOffset).dK(dK, dKOffset)
                    .dV(dV, dVOffset);
            task.backward(shape, task.options.mask(mask));
        } finally {
            release(task);
        }
    }

    /**
     * The backward pass. With P the weights of the forward pass before dropout, M what dropout multiplies each by (0 or
     * {@code 1 / (1 - probability)}) and {@code D[i] = dOut[i] . out[i]}, in each head:
     *
     * <pre>{@code
     * dV = transpose(P * M) * dOut
     * dS = P * (dOut * transpose(V) * M - D)     by element
     * dQ = scale * dS * K
     * dK = scale * transpose(dS) * Q
     * }</pre>
     *
     * {@code dBias = dS}, where it is set, comes from a pass of its own, which takes half to two thirds of the time again.
     * Where items, heads or queries share a bias, their gradients are summed up, item by item, head by head, query by query.
     * In a ragged batch it spans the queries and keys of the longest item; what belongs to no item becomes zero where items
     * share a bias, and stays as it is otherwise.
     *
     * <p>A head of k and v that several query heads share receives the sum of their gradients. Gradients are overwritten, not
     * added to; those of keys that nobody sees become zero. They have the layouts of q, k and v, and may, like them, be
     * column ranges of one array.
     *
     * @param shape sizes and layout
     * @param options those of the forward pass
     * @param tensors q, k, v, out, logSumExp and dOut, which are not modified; dQ, dK, dV and, unless it is null,
     *     dBias, which are overwritten
     * @throws IllegalArgumentException if the mask does not fit the shape, a tensor does not lie inside its array, or an
     *     output overlaps another tensor or itself
     * @throws NullPointerException if a tensor is missing
     */
    public void backward(AttentionShape shape, AttentionOptions options, AttentionTensors tensors) {
        AttentionTask task = tasks.acquire();
        try {
            task.tensors.set(tensors);
            task.backward(shape, options);
        } finally {
            release(task);
        }
    }

    private void release(AttentionTask task) {
        task.clear();
        tasks.release(task);
    }
}
