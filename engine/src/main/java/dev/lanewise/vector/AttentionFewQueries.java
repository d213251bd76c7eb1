package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionTile.STRIP;

import dev.lanewise.kernels.AttentionCall;
import java.util.Arrays;

/**
 * Forward pass of a head of very few queries: a new token against the keys and values of all that came before. Packing would
 * cost more than the product, so keys and values are read where they lie, once, and the speed is that of memory.
 */
final class AttentionFewQueries {
    /** From so many queries on, packing pays. */
    static final int MOST = 4;

    /** Keys between two looks at the maximum; with their values they stay in L2 for all queries. */
    private static final int KEYS = 512;

    private final float[] scores = new float[KEYS + RowDots.BATCH];
    private final float[] lanes = new float[RowDots.scratch()];
    private final float[] dots = new float[RowDots.BATCH];

    /** Softmax by lane: all lanes belong to one query. */
    private final float[] references = new float[STRIP];

    private final float[] laneSums = new float[STRIP];
    private final float[] rescale = new float[STRIP];
    private final float[] fixed = new float[STRIP];

    private final float[] maxima = new float[MOST];
    private final float[] sums = new float[MOST];
    private final Buffer rows = new Buffer();

    AttentionFewQueries() {
        Arrays.fill(fixed, 1f);
    }

    /** The queries from..to-1, at most {@link #MOST}. */
    void run(AttentionCall x, int from, int to) {
        rows.grow(MOST * x.headDim);
        Arrays.fill(rows.data, 0, (to - from) * x.headDim, 0f);
        Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
        Arrays.fill(sums, 0f);
        for (int key = x.firstKey(from) / KEYS * KEYS; key < x.endKey(to - 1); key += KEYS) {
            for (int i = from; i < to; i++) {
                int first = Math.max(key, x.firstKey(i));
                int end = Math.min(key + KEYS, x.endKey(i));
                if (first < end) {
                    keys(x, i, i - from, first, end - first);
                }
            }
        }
        for (int i = from; i < to; i++) {
            store(x, i, i - from);
        }
    }

    /** A query meets some keys. */
    private void keys(AttentionCall x, int query, int index, int first, int count) {
        float factor = (float) (x.scale * AttentionSoftmax.LOG2_E);
        for (int j = 0; j < count; j += RowDots.BATCH) {
            int batch = Math.min(RowDots.BATCH, count - j);
            RowDots.multiply(
                    batch, x.headDim, x.k, x.kOffset + (first + j) * x.kRowStride, x.kRowStride, x.q,
                    x.qOffset + query * x.qRowStride, lanes, dots);
            for (int l = 0; l < batch; l++) {
                scores[j + l] = factor * dots[l];
            }
        }
        if (x.bias != null) {
            int row = x.biasOffset + query * x.biasRowStride + first;
            for (int j = 0; j < count; j++) {
                scores[j] += x.bias[row + j] * (float) AttentionSoftmax.LOG2_E;
            }
        }
        int strips = Blocking.ceilDiv(count, STRIP);
        Arrays.fill(scores, count, strips * STRIP, Float.NEGATIVE_INFINITY);
        float max = raise(strips, maxima[index]);
        float factorBefore = maxima[index] == Float.NEGATIVE_INFINITY ? 0f : rescale[0];
        maxima[index] = max;
        Arrays.fill(references, max);
        Arrays.fill(laneSums, 0f);
        AttentionSoftmax.relative(strips, scores, 0, references, laneSums, 0);
        float sum = 0f;
        for (int l = 0; l < STRIP; l++) {
            sum += laneSums[l];
        }
        sums[index] = sums[index] * factorBefore + sum;
        if (x.dropout > 0) {
            AttentionDropout.drop(
                    x, x.dropoutIndex + (long) query * x.keys + first, STRIP, 1, strips, scores, 0, 1f);
        }
        int row = index * x.headDim;
        if (factorBefore != 1f) {
            for (int c = row; c < row + x.headDim; c++) {
                rows.data[c] *= factorBefore;
            }
        }
        RowSums.add(
                count, x.headDim, scores, 0, x.v, x.vOffset + first * x.vRowStride, x.vRowStride, rows.data, row);
    }

    /** The maximum of the scores and what it was before; how that changes the weights goes to {@code rescale[0]}. */
    private float raise(int strips, float before) {
        Arrays.fill(references, before);
        AttentionSoftmax.raise(strips, scores, 0, references, fixed, rescale, 0);
        float max = before;
        for (int l = 0; l < STRIP; l++) {
            max = Math.max(max, references[l]);
        }
        Arrays.fill(references, before);
        Arrays.fill(scores, strips * STRIP, (strips + 1) * STRIP, max);
        AttentionSoftmax.raise(1, scores, strips * STRIP, references, fixed, rescale, 0);
        return max;
    }

    private void store(AttentionCall x, int query, int index) {
        laneSums[0] = sums[index];
        references[0] = maxima[index];
        AttentionSoftmax.logSumExp(laneSums, references, references, 0);
        x.logSumExp[x.logSumExpOffset + query] = references[0];
        int to = x.outOffset + query * x.outRowStride;
        if (sums[index] == 0f) {
            Arrays.fill(x.out, to, to + x.headDim, 0f);
            return;
        }
        float factor = (x.dropout > 0 && x.dropout < 1 ? 1 / (1 - x.dropout) : 1) / sums[index];
        for (int c = 0; c < x.headDim; c++) {
            x.out[to + c] = rows.data[index * x.headDim + c] * factor;
        }
    }
}
