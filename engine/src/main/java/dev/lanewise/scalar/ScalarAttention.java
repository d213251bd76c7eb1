package dev.lanewise.scalar;

import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.runtime.Pool;

/**
 * Attention as the textbook states it, and the baseline that faster ones are compared with: the scores of all queries and
 * keys are written out as a [queries x keys] matrix, become weights by a softmax over each row, and weigh the values.
 * Inner products are float sums in ascending order.
 */
final class ScalarAttention implements AttentionKernels {
    /** Scores that are written out at once: all of them up to 4096 x 4096 (64 MB), strips of queries beyond. */
    private static final int MAX_SCORES = 1 << 24;

    private final Pool<Scratch> pool = new Pool<>(Scratch::new);

    @Override
    public void forward(
            int queryFrom, int queryTo, int queries, int keys, int validKeys, int headDim, boolean causal, float scale,
            float[] q, int qOffset, int ldq, float[] k, int kOffset, int ldk, float[] v, int vOffset, int ldv,
            float[] out,
            int outOffset, int ldOut, float[] logSumExp, int logSumExpOffset) {
        int strip = Math.max(1, MAX_SCORES / Math.max(1, keys));
        Scratch scratch = pool.acquire();
        for (int from = queryFrom; from < queryTo; from += strip) {
            int to = Math.min(queryTo, from + strip);
            float[] scores = scratch.first((to - from) * keys);
            scores(from, to, queries, keys, validKeys, headDim, causal, scale, q, qOffset, ldq, k, kOffset, ldk,
                    scores);
            for (int i = from; i < to; i++) {
                int seen = seen(i, queries, keys, validKeys, causal);
                int row = (i - from) * keys;
                logSumExp[logSumExpOffset + i] = (float) ScalarSoftmax.softmaxRow(seen, scores, row, scores, row);
            }
            for (int i = from; i < to; i++) {
                int seen = seen(i, queries, keys, validKeys, causal);
                int outRow = outOffset + i * ldOut;
                zero(headDim, out, outRow);
                for (int j = 0; j < seen; j++) {
                    addScaled(headDim, scores[(i - from) * keys + j], v, vOffset + j * ldv, out, outRow);
                }
            }
        }
        pool.release(scratch);
    }

    @Override
    public void backward(
            int queries, int keys, int validKeys, int headDim, boolean causal, float scale, float[] q, int qOffset,
            int ldq,
            float[] k, int kOffset, int ldk, float[] v, int vOffset, int ldv, float[] out, int outOffset, int ldOut,
            float[] logSumExp, int logSumExpOffset, float[] dOut, int dOutOffset, float[] dQ, int dQOffset, float[] dK,
            int dKOffset, float[] dV, int dVOffset) {
        for (int i = 0; i < queries; i++) {
            zero(headDim, dQ, dQOffset + i * ldq);
        }
        for (int j = 0; j < keys; j++) {
            zero(headDim, dK, dKOffset + j * ldk);
            zero(headDim, dV, dVOffset + j * ldv);
        }
        int strip = Math.max(1, MAX_SCORES / Math.max(1, keys));
        Scratch scratch = pool.acquire();
        for (int from = 0; from < queries; from += strip) {
            int to = Math.min(queries, from + strip);
            float[] p = scratch.first((to - from) * keys);
            float[] dS = scratch.second((to - from) * keys);
            scores(from, to, queries, keys, validKeys, headDim, causal, scale, q, qOffset, ldq, k, kOffset, ldk, p);
            for (int i = from; i < to; i++) {
                int seen = seen(i, queries, keys, validKeys, causal);
                int row = (i - from) * keys;
                int dOutRow = dOutOffset + i * ldOut;
                weights(seen, logSumExp[logSumExpOffset + i], p, row);
                // D[i] = dOut[i] . out[i]
                float d = dot(headDim, dOut, dOutRow, out, outOffset + i * ldOut);
                for (int j = 0; j < seen; j++) {
                    // dS = P * (dOut * transpose(V) - D)
                    float dP = dot(headDim, dOut, dOutRow, v, vOffset + j * ldv);
                    dS[row + j] = p[row + j] * (dP - d);
                }
            }
            for (int i = from; i < to; i++) {
                int seen = seen(i, queries, keys, validKeys, causal);
                for (int j = 0; j < seen; j++) {
                    float pij = p[(i - from) * keys + j];
                    float dSij = scale * dS[(i - from) * keys + j];
                    // dV = transpose(P) * dOut, dQ = scale * dS * K, dK = scale * transpose(dS) * Q
                    addScaled(headDim, pij, dOut, dOutOffset + i * ldOut, dV, dVOffset + j * ldv);
                    addScaled(headDim, dSij, k, kOffset + j * ldk, dQ, dQOffset + i * ldq);
                    addScaled(headDim, dSij, q, qOffset + i * ldq, dK, dKOffset + j * ldk);
                }
            }
        }
        pool.release(scratch);
    }

    /** Number of keys, from the first, that query i sees. */
    private static int seen(int i, int queries, int keys, int validKeys, boolean causal) {
        return causal ? Math.max(0, Math.min(validKeys, i + keys - queries + 1)) : validKeys;
    }

    /** {@code scores[i - from, j] = scale * Q[i] . K[j]} for the keys that query i sees. */
    private static void scores(
            int from, int to, int queries, int keys, int validKeys, int headDim, boolean causal, float scale, float[] q,
            int qOffset, int ldq, float[] k, int kOffset, int ldk, float[] scores) {
        for (int i = from; i < to; i++) {
            int seen = seen(i, queries, keys, validKeys, causal);
            for (int j = 0; j < seen; j++) {
                scores[(i - from) * keys + j] = scale * dot(headDim, q, qOffset + i * ldq, k, kOffset + j * ldk);
            }
        }
    }

    /** Turns scores into weights: {@code P = exp(S - logSumExp)}; nothing is seen where that is negative infinity. */
    private static void weights(int seen, float logSumExp, float[] p, int row) {
        for (int j = 0; j < seen; j++) {
            p[row + j] = logSumExp == Float.NEGATIVE_INFINITY
                    ? 0f
                    : (float) StrictMath.exp((double) p[row + j] - logSumExp);
        }
    }

    private static float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
        float sum = 0f;
        for (int d = 0; d < n; d++) {
            sum += x[xOffset + d] * y[yOffset + d];
        }
        return sum;
    }

    private static void addScaled(int n, float factor, float[] x, int xOffset, float[] y, int yOffset) {
        for (int d = 0; d < n; d++) {
            y[yOffset + d] += factor * x[xOffset + d];
        }
    }

    private static void zero(int n, float[] x, int xOffset) {
        for (int d = 0; d < n; d++) {
            x[xOffset + d] = 0f;
        }
    }
}
