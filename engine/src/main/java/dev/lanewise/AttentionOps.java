package dev.lanewise;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * Scaled dot-product attention, {@code out = softmax(scale * Q * transpose(K) + mask) * V} in each head of each item.
 *
 * <p>A query that sees no key yields a row of zeros, a logSumExp of negative infinity, and gradients of zero. NaN in what a
 * query sees makes its row NaN; keys and values that are masked are not read. The same arguments give the same bits for any
 * number of threads. Source: Vaswani et al., Attention Is All You Need, 2017 (1706.03762).
 */
public final class AttentionOps {
    /** Heads that keep any usual machine busy; with fewer, the queries of a head are shared out too. */
    private static final int MANY_HEADS = 32;

    /** Queries of a part: enough that preparing the keys anew for each part is a small share of the work. */
    private static final int QUERY_BLOCK = 192;

    /** Multiplications below which everything runs on the calling thread: about 20 microseconds of scalar code. */
    private static final long SERIAL_WORK = 1 << 16;

    private final AttentionKernels kernels;
    private final Workers workers;
    private final Pool<AttentionChecks> checkers = new Pool<>(AttentionChecks::new);
    private final Pool<AttentionCall> calls = new Pool<>(AttentionCall::new);
    private final Pool<Rows> pool = new Pool<>(Rows::new);

    AttentionOps(AttentionKernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
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
                            + " into out "
                            + out.shape());
        }
        AttentionShape shape = new AttentionShape(
                1, 1, q.rows(), k.rows(), q.cols(), 0, 0, q.stride(), 0, 0, k.stride(), 0, 0, v.stride(), 0, 0,
                out.stride());
        Rows rows = pool.acquire();
        try {
            forward(
                    shape, mask, q.data(), q.offset(), k.data(), k.offset(), v.data(), v.offset(), out.data(),
                    out.offset(),
                    rows.ensure(q.rows()), 0);
        } finally {
            pool.release(rows);
        }
    }

    /**
     * Attention with a scale of {@code 1 / sqrt(headDim)}; otherwise as
     * {@link #forward(AttentionShape, AttentionMask, float, float[], int, float[], int, float[], int, float[], int, float[],
     * int)}.
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
     * @param logSumExp [batch, heads, queries], dense; overwritten
     * @param logSumExpOffset index of the first element
     * @throws IllegalArgumentException if the mask does not fit the shape, a tensor does not lie inside its array, or an
     *     output overlaps another tensor
     */
    public void forward(
            AttentionShape shape, AttentionMask mask, float[] q, int qOffset, float[] k, int kOffset, float[] v,
            int vOffset,
            float[] out, int outOffset, float[] logSumExp, int logSumExpOffset) {
        forward(
                shape, mask, defaultScale(shape), q, qOffset, k, kOffset, v, vOffset, out, outOffset, logSumExp,
                logSumExpOffset);
    }

    /**
     * {@code out = softmax(scale * Q * transpose(K) + mask) * V} in each head, and
     * {@code logSumExp[i] = log(sum over seen j of exp(scale * Q[i] . K[j]))} for the backward pass.
     *
     * @param shape sizes and layout
     * @param mask which keys a query sees
     * @param scale factor of the scores
     * @param q queries; not modified
     * @param qOffset index of the first element
     * @param k keys; not modified
     * @param kOffset index of the first element
     * @param v values; not modified
     * @param vOffset index of the first element
     * @param out overwritten
     * @param outOffset index of the first element
     * @param logSumExp [batch, heads, queries], dense; overwritten
     * @param logSumExpOffset index of the first element
     * @throws IllegalArgumentException if the mask does not fit the shape, a tensor does not lie inside its array, or an
     *     output overlaps another tensor
     */
    public void forward(
            AttentionShape shape, AttentionMask mask, float scale, float[] q, int qOffset, float[] k, int kOffset,
            float[] v,
            int vOffset, float[] out, int outOffset, float[] logSumExp, int logSumExpOffset) {
        AttentionChecks checks = checkers.acquire();
        checks.forward(shape, mask, q, qOffset, k, kOffset, v, vOffset, out, outOffset, logSumExp, logSumExpOffset);
        checks.clear();
        checkers.release(checks);
        int heads = shape.batch() * shape.heads();
        int queries = shape.queries();
        if (heads == 0 || queries == 0) {
            return;
        }
        boolean whole = heads >= MANY_HEADS || queries <= QUERY_BLOCK;
        int size = whole ? queries : QUERY_BLOCK;
        int blocks = Blocks.count(queries, size);
        if (serial(shape) || heads * (long) blocks == 1) {
            for (int head = 0; head < heads; head++) {
                head(
                        shape, mask, scale, head, 0, queries, q, qOffset, k, kOffset, v, vOffset, out, outOffset,
                        logSumExp,
                        logSumExpOffset);
            }
        } else {
            workers.run(
                    heads * blocks,
                    part -> head(
                            shape, mask, scale, part / blocks, part % blocks * size,
                            Math.min(queries, (part % blocks + 1) * size), q, qOffset, k, kOffset, v, vOffset, out,
                            outOffset, logSumExp, logSumExpOffset));
        }
    }

    private void head(
            AttentionShape s, AttentionMask mask, float scale, int index, int from, int to, float[] q, int qOffset,
            float[] k,
            int kOffset, float[] v, int vOffset, float[] out, int outOffset, float[] logSumExp, int logSumExpOffset) {
        int b = index / s.heads();
        int h = index % s.heads();
        AttentionCall call = calls.acquire();
        set(call, s, mask, scale, b);
        call.q = q;
        call.qOffset = qOffset + b * s.qBatchStride() + h * s.qHeadStride();
        call.k = k;
        call.kOffset = kOffset + b * s.kBatchStride() + h * s.kHeadStride();
        call.v = v;
        call.vOffset = vOffset + b * s.vBatchStride() + h * s.vHeadStride();
        call.out = out;
        call.outOffset = outOffset + b * s.outBatchStride() + h * s.outHeadStride();
        call.logSumExp = logSumExp;
        call.logSumExpOffset = logSumExpOffset + index * s.queries();
        kernels.forward(call, from, to);
        release(call);
    }

    /** What forward and backward pass share: sizes, strides and who sees whom. */
    private static void set(AttentionCall call, AttentionShape s, AttentionMask mask, float scale, int item) {
        call.queries = s.queries();
        call.keys = s.keys();
        call.headDim = s.headDim();
        call.scale = scale;
        call.validKeys = mask.validKeys(item, s.keys());
        call.high = mask.isCausal() ? s.keys() - s.queries() : AttentionCall.UNLIMITED;
        call.qRowStride = s.qRowStride();
        call.kRowStride = s.kRowStride();
        call.vRowStride = s.vRowStride();
        call.outRowStride = s.outRowStride();
        call.dOutRowStride = s.outRowStride();
        call.dQRowStride = s.qRowStride();
        call.dKRowStride = s.kRowStride();
        call.dVRowStride = s.vRowStride();
    }

    /** Lets go of the arrays, so that a kept call keeps nothing else. */
    private void release(AttentionCall call) {
        call.q = null;
        call.k = null;
        call.v = null;
        call.out = null;
        call.logSumExp = null;
        call.dOut = null;
        call.dQ = null;
        call.dK = null;
        call.dV = null;
        calls.release(call);
    }

    /**
     * The backward pass with a scale of {@code 1 / sqrt(headDim)}; otherwise as the one with a scale.
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
     * @param dOut gradient of out; not modified
     * @param dOutOffset index of the first element
     * @param dQ gradient of q; overwritten
     * @param dQOffset index of the first element
     * @param dK gradient of k; overwritten
     * @param dKOffset index of the first element
     * @param dV gradient of v; overwritten
     * @param dVOffset index of the first element
     * @throws IllegalArgumentException if the mask does not fit the shape, a tensor does not lie inside its array, or an
     *     output overlaps another tensor or itself
     */
    public void backward(
            AttentionShape shape, AttentionMask mask, float[] q, int qOffset, float[] k, int kOffset, float[] v,
            int vOffset,
            float[] out, int outOffset, float[] logSumExp, int logSumExpOffset, float[] dOut, int dOutOffset,
            float[] dQ,
            int dQOffset, float[] dK, int dKOffset, float[] dV, int dVOffset) {
        backward(
                shape, mask, defaultScale(shape), q, qOffset, k, kOffset, v, vOffset, out, outOffset, logSumExp,
                logSumExpOffset, dOut, dOutOffset, dQ, dQOffset, dK, dKOffset, dV, dVOffset);
    }

    /**
     * The backward pass. With P the weights of the forward pass and {@code D[i] = dOut[i] . out[i]}, in each head:
     * {@code dV = transpose(P) * dOut}, {@code dS = P * (dOut * transpose(V) - D)} by element,
     * {@code dQ = scale * dS * K}, {@code dK = scale * transpose(dS) * Q}. Gradients are overwritten, not added to; those of
     * keys that nobody sees become zero. They have the layouts of q, k and v, and may, like them, be column ranges of one
     * array.
     *
     * @param shape sizes and layout
     * @param mask the mask of the forward pass
     * @param scale the scale of the forward pass
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
            AttentionShape shape, AttentionMask mask, float scale, float[] q, int qOffset, float[] k, int kOffset,
            float[] v,
            int vOffset, float[] out, int outOffset, float[] logSumExp, int logSumExpOffset, float[] dOut,
            int dOutOffset,
            float[] dQ, int dQOffset, float[] dK, int dKOffset, float[] dV, int dVOffset) {
        AttentionChecks checks = checkers.acquire();
        checks.backward(
                shape, mask, q, qOffset, k, kOffset, v, vOffset, out, outOffset, logSumExp, logSumExpOffset, dOut,
                dOutOffset, dQ, dQOffset, dK, dKOffset, dV, dVOffset);
        checks.clear();
        checkers.release(checks);
        int heads = shape.batch() * shape.heads();
        if (serial(shape) || heads == 1) {
            for (int head = 0; head < heads; head++) {
                headBackward(
                        shape, mask, scale, head, q, qOffset, k, kOffset, v, vOffset, out, outOffset, logSumExp,
                        logSumExpOffset, dOut, dOutOffset, dQ, dQOffset, dK, dKOffset, dV, dVOffset);
            }
        } else {
            workers.run(
                    heads,
                    head -> headBackward(
                            shape, mask, scale, head, q, qOffset, k, kOffset, v, vOffset, out, outOffset, logSumExp,
                            logSumExpOffset, dOut, dOutOffset, dQ, dQOffset, dK, dKOffset, dV, dVOffset));
        }
    }

    private void headBackward(
            AttentionShape s, AttentionMask mask, float scale, int index, float[] q, int qOffset, float[] k,
            int kOffset,
            float[] v, int vOffset, float[] out, int outOffset, float[] logSumExp, int logSumExpOffset, float[] dOut,
            int dOutOffset, float[] dQ, int dQOffset, float[] dK, int dKOffset, float[] dV, int dVOffset) {
        int b = index / s.heads();
        int h = index % s.heads();
        int qHead = b * s.qBatchStride() + h * s.qHeadStride();
        int kHead = b * s.kBatchStride() + h * s.kHeadStride();
        int vHead = b * s.vBatchStride() + h * s.vHeadStride();
        int outHead = b * s.outBatchStride() + h * s.outHeadStride();
        AttentionCall call = calls.acquire();
        set(call, s, mask, scale, b);
        call.q = q;
        call.qOffset = qOffset + qHead;
        call.k = k;
        call.kOffset = kOffset + kHead;
        call.v = v;
        call.vOffset = vOffset + vHead;
        call.out = out;
        call.outOffset = outOffset + outHead;
        call.logSumExp = logSumExp;
        call.logSumExpOffset = logSumExpOffset + index * s.queries();
        call.dOut = dOut;
        call.dOutOffset = dOutOffset + outHead;
        call.dQ = dQ;
        call.dQOffset = dQOffset + qHead;
        call.dK = dK;
        call.dKOffset = dKOffset + kHead;
        call.dV = dV;
        call.dVOffset = dVOffset + vHead;
        kernels.backward(call, 0, s.keys());
        release(call);
    }

    private boolean serial(AttentionShape s) {
        double work = (double) s.batch() * s.heads() * s.queries() * s.keys() * s.headDim();
        return workers.threads() == 1 || work <= SERIAL_WORK;
    }

    private static float defaultScale(AttentionShape shape) {
        return (float) (1 / Math.sqrt(Math.max(1, shape.headDim())));
    }

    /** One number a query, kept between calls. */
    private static final class Rows {
        private float[] values = new float[0];

        float[] ensure(int n) {
            if (values.length < n) {
                values = new float[n];
            }
            return values;
        }
    }
}
