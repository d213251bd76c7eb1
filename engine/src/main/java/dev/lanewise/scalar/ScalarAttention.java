package dev.lanewise.scalar;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.kernels.AttentionKernels;
import dev.lanewise.kernels.Dropout;
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
    public void forward(AttentionCall x, int queryFrom, int queryTo) {
        int strip = Math.max(1, MAX_SCORES / Math.max(1, x.keys));
        Scratch scratch = pool.acquire();
        for (int from = queryFrom; from < queryTo; from += strip) {
            int to = Math.min(queryTo, from + strip);
            float[] scores = scratch.first((to - from) * x.keys);
            scores(x, from, to, scores);
            for (int i = from; i < to; i++) {
                int row = (i - from) * x.keys + x.firstKey(i);
                int seen = Math.max(0, x.endKey(i) - x.firstKey(i));
                x.logSumExp[x.logSumExpOffset + i] = (float) ScalarSoftmax.softmaxRow(seen, scores, row, scores, row);
            }
            for (int i = from; i < to; i++) {
                int outRow = x.outOffset + i * x.outRowStride;
                zero(x.headDim, x.out, outRow);
                for (int j = x.firstKey(i); j < x.endKey(i); j++) {
                    float weight = scores[(i - from) * x.keys + j] * kept(x, i, j);
                    addScaled(x.headDim, weight, x.v, x.vOffset + j * x.vRowStride, x.out, outRow);
                }
            }
        }
        pool.release(scratch);
    }

    @Override
    public void backward(AttentionCall x, int keyFrom, int keyTo) {
        for (int j = keyFrom; j < keyTo && !x.addKeyGradient; j++) {
            zero(x.headDim, x.dK, x.dKOffset + j * x.dKRowStride);
            zero(x.headDim, x.dV, x.dVOffset + j * x.dVRowStride);
        }
        int strip = Math.max(1, MAX_SCORES / Math.max(1, x.keys));
        Scratch scratch = pool.acquire();
        for (int from = 0; from < x.queries; from += strip) {
            int to = Math.min(x.queries, from + strip);
            float[] p = scratch.first((to - from) * x.keys);
            float[] dQ = scratch.second(x.headDim);
            scores(x, from, to, p);
            for (int i = from; i < to; i++) {
                zero(x.headDim, dQ, 0);
                backward(x, i, Math.max(keyFrom, x.firstKey(i)), Math.min(keyTo, x.endKey(i)), p, (i - from) * x.keys,
                        dQ);
                int row = x.dQOffset + i * x.dQRowStride;
                for (int d = 0; d < x.headDim; d++) {
                    x.dQ[row + d] = x.addQueryGradient ? x.dQ[row + d] + dQ[d] : dQ[d];
                }
            }
        }
        pool.release(scratch);
    }

    @Override
    public void biasGradient(AttentionCall x, int keyFrom, int keyTo) {
        int strip = Math.max(1, MAX_SCORES / Math.max(1, x.keys));
        Scratch scratch = pool.acquire();
        for (int from = 0; from < x.queries; from += strip) {
            int to = Math.min(x.queries, from + strip);
            float[] p = scratch.first((to - from) * x.keys);
            scores(x, from, to, p);
            for (int i = from; i < to; i++) {
                float logSumExp = x.logSumExp[x.logSumExpOffset + i];
                float d = dot(
                        x.headDim, x.dOut, x.dOutOffset + i * x.dOutRowStride, x.out, x.outOffset + i * x.outRowStride);
                int end = logSumExp == Float.NEGATIVE_INFINITY ? 0 : Math.min(keyTo, x.endKey(i));
                for (int j = Math.max(keyFrom, x.firstKey(i)); j < end; j++) {
                    float weight = (float) StrictMath.exp((double) p[(i - from) * x.keys + j] - logSumExp);
                    x.dBias[x.dBiasOffset + i * x.dBiasRowStride + j] += scoreGradient(x, i, j, weight, d);
                }
            }
        }
        pool.release(scratch);
    }

    /** {@code dS = P * (dOut * transpose(V) * M - D)} of query i and key j. */
    private static float scoreGradient(AttentionCall x, int i, int j, float p, float d) {
        float dP = dot(x.headDim, x.dOut, x.dOutOffset + i * x.dOutRowStride, x.v, x.vOffset + j * x.vRowStride);
        return p * (dP * kept(x, i, j) - d);
    }

    /** What one query contributes through the keys from..to-1; its scores start at {@code row}, its own gradient is dQ. */
    private static void backward(AttentionCall x, int i, int from, int to, float[] scores, int row, float[] dQ) {
        float logSumExp = x.logSumExp[x.logSumExpOffset + i];
        if (logSumExp == Float.NEGATIVE_INFINITY) {
            return;
        }
        int q = x.qOffset + i * x.qRowStride;
        int dOut = x.dOutOffset + i * x.dOutRowStride;
        // D[i] = dOut[i] . out[i]
        float d = dot(x.headDim, x.dOut, dOut, x.out, x.outOffset + i * x.outRowStride);
        for (int j = from; j < to; j++) {
            float p = (float) StrictMath.exp((double) scores[row + j] - logSumExp);
            float kept = kept(x, i, j);
            float dS = x.scale * scoreGradient(x, i, j, p, d);
            // dV = transpose(P * M) * dOut, dQ = scale * dS * K, dK = scale * transpose(dS) * Q
            addScaled(x.headDim, p * kept, x.dOut, dOut, x.dV, x.dVOffset + j * x.dVRowStride);
            addScaled(x.headDim, dS, x.k, x.kOffset + j * x.kRowStride, dQ, 0);
            addScaled(x.headDim, dS, x.q, q, x.dK, x.dKOffset + j * x.dKRowStride);
        }
    }

    /** {@code scores[i - from, j] = scale * Q[i] . K[j] + bias[i, j]} for the keys that query i sees. */
    private static void scores(AttentionCall x, int from, int to, float[] scores) {
        for (int i = from; i < to; i++) {
            for (int j = x.firstKey(i); j < x.endKey(i); j++) {
                float dot = dot(x.headDim, x.q, x.qOffset + i * x.qRowStride, x.k, x.kOffset + j * x.kRowStride);
                float bias = x.bias == null ? 0f : x.bias[x.biasOffset + i * x.biasRowStride + j];
                scores[(i - from) * x.keys + j] = x.scale * dot + bias;
            }
        }
    }

    /** What dropout makes of the weight of query i and key j: 0, or what makes up for those that are dropped. */
    private static float kept(AttentionCall x, int i, int j) {
        if (x.dropout == 0f) {
            return 1f;
        }
        int bits = Dropout.bits(x.dropoutSeed, x.dropoutIndex + (long) i * x.keys + j);
        return bits >>> 8 < Dropout.threshold(x.dropout) ? 0f : 1f / (1f - x.dropout);
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
