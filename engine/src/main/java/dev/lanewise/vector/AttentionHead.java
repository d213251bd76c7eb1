package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionTile.KEYS;
import static dev.lanewise.vector.AttentionTile.MR;
import static dev.lanewise.vector.AttentionTile.NR;
import static dev.lanewise.vector.AttentionTile.QUERIES;
import static dev.lanewise.vector.Blocking.roundUp;

import java.util.Arrays;

/**
 * Scratch of one head at work, and the tiled passes over it. Memory is linear in the sequence: packed keys and values, and
 * one tile of scores (two backward).
 *
 * <pre>
 * memory traffic of a forward pass with S tokens, T = 96 queries a tile:
 *   naive:  writes and reads S x S scores three times             6 S^2 floats
 *   tiled:  reads packed K and V once for each T queries          2 S^2 headDim / T floats, from L2 or L3
 * </pre>
 *
 * Source: Dao et al., FlashAttention, 2022 (2205.14135); Dao, FlashAttention-2, 2023 (2307.08691).
 */
final class AttentionHead {
    /** Keys as rows of the first product: panels of MR keys. */
    private final Buffer keyRows = new Buffer();

    /** Values (forward: the second operand of weights times values; backward: rows of the product with dOut). */
    private final Buffer valuePanels = new Buffer();

    /** Keys as columns, for dQ. */
    private final Buffer keyPanels = new Buffer();

    /** Queries and gradients of the tile's queries, transposed (the columns of the first products) and as they lie. */
    private final Buffer queryColumns = new Buffer();

    private final Buffer gradientColumns = new Buffer();
    private final Buffer queryPanels = new Buffer();
    private final Buffer gradientPanels = new Buffer();

    /** Sums in the making: outputs or dQ of the tile's queries; dK and dV of the whole head. */
    private final Buffer rows = new Buffer();

    private final Buffer keySums = new Buffer();
    private final Buffer valueSums = new Buffer();

    private final float[] scores = AttentionTile.allocate();
    private float[] gradients = {};
    private final float[] max = new float[QUERIES];
    private final float[] sum = new float[QUERIES];
    private final float[] rescale = new float[QUERIES];
    private final float[] blockSum = new float[QUERIES];

    /** Forward pass of the queries from..to; the arguments are those of the kernel. */
    void forward(
            int from, int to, int queries, int keys, int validKeys, int headDim, boolean causal, float scale, float[] q,
            int qOffset, int ldq, float[] k, int kOffset, int ldk, float[] v, int vOffset, int ldv, float[] out,
            int outOffset, int ldOut, float[] logSumExp, int logSumExpOffset) {
        int shift = keys - queries;
        int seen = seen(to - 1, validKeys, causal, shift);
        int cols = roundUp(headDim, NR);
        keyRows.grow(Packing.size(MR, seen, headDim));
        valuePanels.grow(Packing.size(NR, headDim, seen));
        queryColumns.grow(Packing.size(NR, QUERIES, headDim));
        rows.grow(QUERIES * cols);
        if (seen > 0) {
            Packing.pack(MR, seen, headDim, 1f, k, kOffset, ldk, 1, keyRows.data, 0);
            Packing.pack(NR, headDim, seen, 1f, v, vOffset, 1, ldv, valuePanels.data, 0);
        }
        for (int first = from; first < to; first += QUERIES) {
            int count = Math.min(QUERIES, to - first);
            Packing.pack(NR, count, headDim, scale, q, qOffset + first * ldq, ldq, 1, queryColumns.data, 0);
            Arrays.fill(max, Float.NEGATIVE_INFINITY);
            Arrays.fill(sum, 0f);
            Arrays.fill(rows.data, 0, roundUp(count, MR) * cols, 0f);
            int end = seen(first + count - 1, validKeys, causal, shift);
            for (int key = 0; key < end; key += KEYS) {
                int block = Math.min(KEYS, end - key);
                AttentionTile.scores(block, count, headDim, keyRows.data, key * headDim, queryColumns.data, scores);
                if (causal && key + block - 1 > first + shift) {
                    AttentionTile.maskFuture(block, count, key, first, shift, scores);
                }
                AttentionTile.softmax(block, count, scores, max, sum, rescale, blockSum);
                if (key > 0) {
                    rescaleRows(count, cols);
                }
                AttentionTile.addByColumns(
                        count, block, scores, valuePanels.data, key * NR, seen * NR, rows.data, cols);
            }
            store(count, headDim, cols, out, outOffset + first * ldOut, ldOut, logSumExp, logSumExpOffset + first);
        }
    }

    /** Keys before this index may be seen by the query. */
    private static int seen(int query, int validKeys, boolean causal, int shift) {
        return Math.max(0, causal ? Math.min(validKeys, query + shift + 1) : validKeys);
    }

    private void rescaleRows(int count, int cols) {
        float[] data = rows.data;
        for (int i = 0; i < count; i++) {
            float factor = rescale[i];
            for (int c = i * cols; c < (i + 1) * cols; c++) {
                data[c] *= factor;
            }
        }
    }

    private void store(
            int count, int headDim, int cols, float[] out, int outOffset, int ldOut, float[] logSumExp,
            int logSumExpOffset) {
        for (int i = 0; i < count; i++) {
            boolean nothing = sum[i] == 0f;
            float factor = nothing ? 0f : 1f / sum[i];
            int row = outOffset + i * ldOut;
            for (int c = 0; c < headDim; c++) {
                out[row + c] = nothing ? 0f : rows.data[i * cols + c] * factor;
            }
            logSumExp[logSumExpOffset + i] = nothing
                    ? Float.NEGATIVE_INFINITY
                    : (float) (max[i] + StrictMath.log((double) sum[i] * VectorMath.DESCALE));
        }
    }

    /** Backward pass of the whole head; the arguments are those of the kernel. */
    void backward(
            int queries, int keys, int validKeys, int headDim, boolean causal, float scale, float[] q, int qOffset,
            int ldq, float[] k, int kOffset, int ldk, float[] v, int vOffset, int ldv, float[] out, int outOffset,
            int ldOut, float[] logSumExp, int logSumExpOffset, float[] dOut, int dOutOffset, float[] dQ, int dQOffset,
            float[] dK, int dKOffset, float[] dV, int dVOffset) {
        int shift = keys - queries;
        int seen = queries == 0 ? 0 : seen(queries - 1, validKeys, causal, shift);
        int cols = roundUp(headDim, NR);
        prepare(seen, headDim, cols, k, kOffset, ldk, v, vOffset, ldv);
        for (int first = 0; first < queries; first += QUERIES) {
            int count = Math.min(QUERIES, queries - first);
            int qAt = qOffset + first * ldq;
            int dOutAt = dOutOffset + first * ldOut;
            Packing.pack(NR, count, headDim, scale, q, qAt, ldq, 1, queryColumns.data, 0);
            Packing.pack(NR, headDim, count, 1f, q, qAt, 1, ldq, queryPanels.data, 0);
            Packing.pack(NR, count, headDim, 1f, dOut, dOutAt, ldOut, 1, gradientColumns.data, 0);
            Packing.pack(NR, headDim, count, 1f, dOut, dOutAt, 1, ldOut, gradientPanels.data, 0);
            books(count, headDim, out, outOffset + first * ldOut, dOut, dOutAt, ldOut, logSumExp,
                    logSumExpOffset + first);
            Arrays.fill(rows.data, 0, roundUp(count, MR) * cols, 0f);
            int end = seen(first + count - 1, validKeys, causal, shift);
            for (int key = 0; key < end; key += KEYS) {
                int block = Math.min(KEYS, end - key);
                AttentionTile.scores(block, count, headDim, keyRows.data, key * headDim, queryColumns.data, scores);
                AttentionTile.scores(
                        block, count, headDim, valuePanels.data, key * headDim, gradientColumns.data, gradients);
                if (causal && key + block - 1 > first + shift) {
                    AttentionTile.maskFuture(block, count, key, first, shift, scores);
                }
                AttentionTile.weightsAndGradients(block, count, scale, scores, gradients, max, sum);
                AttentionTile.clearBehind(block, scores);
                AttentionTile.clearBehind(block, gradients);
                int sums = key * cols;
                int depth = count * NR;
                AttentionTile.addByRows(block, count, scores, gradientPanels.data, depth, valueSums.data, sums, cols);
                AttentionTile.addByRows(block, count, gradients, queryPanels.data, depth, keySums.data, sums, cols);
                AttentionTile.addByColumns(
                        count, block, gradients, keyPanels.data, key * NR, seen * NR, rows.data, cols);
            }
            copyRows(count, headDim, rows.data, cols, dQ, dQOffset + first * ldq, ldq);
        }
        copyRows(seen, headDim, keySums.data, cols, dK, dKOffset, ldk);
        copyRows(seen, headDim, valueSums.data, cols, dV, dVOffset, ldv);
        for (int j = seen; j < keys; j++) {
            Arrays.fill(dK, dKOffset + j * ldk, dKOffset + j * ldk + headDim, 0f);
            Arrays.fill(dV, dVOffset + j * ldv, dVOffset + j * ldv + headDim, 0f);
        }
    }

    private void prepare(
            int seen, int headDim, int cols, float[] k, int kOffset, int ldk, float[] v, int vOffset, int ldv) {
        int sums = roundUp(seen, MR) * cols;
        if (gradients.length == 0) {
            gradients = AttentionTile.allocate();
        }
        keyRows.grow(Packing.size(MR, seen, headDim));
        valuePanels.grow(Packing.size(MR, seen, headDim));
        keyPanels.grow(Packing.size(NR, headDim, seen));
        queryColumns.grow(Packing.size(NR, QUERIES, headDim));
        gradientColumns.grow(Packing.size(NR, QUERIES, headDim));
        queryPanels.grow(Packing.size(NR, headDim, QUERIES));
        gradientPanels.grow(Packing.size(NR, headDim, QUERIES));
        rows.grow(QUERIES * cols);
        keySums.grow(sums);
        valueSums.grow(sums);
        Arrays.fill(keySums.data, 0, sums, 0f);
        Arrays.fill(valueSums.data, 0, sums, 0f);
        if (seen > 0) {
            Packing.pack(MR, seen, headDim, 1f, k, kOffset, ldk, 1, keyRows.data, 0);
            Packing.pack(MR, seen, headDim, 1f, v, vOffset, ldv, 1, valuePanels.data, 0);
            Packing.pack(NR, headDim, seen, 1f, k, kOffset, 1, ldk, keyPanels.data, 0);
        }
    }

    /** {@code D[i] = dOut[i] . out[i]} into {@link #sum}, and logSumExp into {@link #max}; lanes without a query see nothing. */
    private void books(
            int count, int headDim, float[] out, int outOffset, float[] dOut, int dOutOffset, int ld, float[] logSumExp,
            int logSumExpOffset) {
        Arrays.fill(max, Float.POSITIVE_INFINITY);
        Arrays.fill(sum, 0f);
        for (int i = 0; i < count; i++) {
            float dot = 0f;
            for (int c = 0; c < headDim; c++) {
                dot = Math.fma(out[outOffset + i * ld + c], dOut[dOutOffset + i * ld + c], dot);
            }
            sum[i] = dot;
            float value = logSumExp[logSumExpOffset + i];
            max[i] = value == Float.NEGATIVE_INFINITY ? Float.POSITIVE_INFINITY : value;
        }
    }

    private static void copyRows(int count, int cols, float[] source, int lds, float[] target, int offset, int ldt) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(source, i * lds, target, offset + i * ldt, cols);
        }
    }
}
