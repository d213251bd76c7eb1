package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionTile.ROWS;
import static dev.lanewise.vector.AttentionTile.STRIP;
import static dev.lanewise.vector.AttentionTile.STRIPS;
import static dev.lanewise.vector.AttentionTile.WIDTH;

import dev.lanewise.kernels.AttentionCall;
import java.util.Arrays;

/**
 * Forward pass of a head, and the scratch it needs: keys and values are packed once, then a tile of queries after the other
 * meets all blocks of keys it sees. A strip of scores is made, turned into weights and multiplied by the values while it is
 * in L1.
 *
 * <pre>
 * memory traffic of S tokens, tiles of T = 128 queries:
 *   naive:  writes and reads S x S scores three times             6 S^2 floats
 *   tiled:  reads packed K and V once for each T queries          2 S^2 headDim / T floats, from L2 or L3
 * </pre>
 *
 * Source: Dao et al., FlashAttention, 2022 (2205.14135); Dao, FlashAttention-2, 2023 (2307.08691).
 */
final class AttentionForward {
    private final AlignedPanels panels = new AlignedPanels();
    private final float[] sums = new float[WIDTH];
    private final float[] blockSums = new float[WIDTH];
    private final float[] references = new float[WIDTH];
    private final float[] rescale = new float[WIDTH];

    /** 0 for the queries whose weights are relative to 0. */
    private final float[] fixed = new float[WIDTH];

    private final boolean[] small = new boolean[STRIPS];
    private final boolean[] begun = new boolean[STRIPS];

    /** Squared length of the longest key of each block, and of those that each query of a tile sees. */
    private float[] longest = {};

    private final float[] longestSeen = new float[WIDTH];

    /** What {@code fetch} returns. */
    private int fetched;

    private AttentionCall x;
    private float[] w;
    private int columns;

    /** First and last packed key. */
    private int keyFrom;

    private int keyTo;

    // Where things lie in w.
    private int strip;
    private int bias;
    private int queries;
    private int rows;
    private int keys;
    private int values;

    /** The queries from..to-1. */
    void run(AttentionCall call, int from, int to) {
        x = call;
        columns = AttentionTile.padded(x.headDim);
        // Whole blocks, so that the cut of the queries does not move their edges.
        keyFrom = x.firstKey(from) / ROWS * ROWS;
        keyTo = Math.max(keyFrom, Math.min(x.validKeys, Blocking.roundUp(x.endKey(to - 1), ROWS)));
        place();
        packKeys();
        for (int first = from; first < to; first += WIDTH) {
            tile(first, Math.min(WIDTH, to - first));
        }
        x = null;
    }

    private void place() {
        int packed = Blocking.roundUp(keyTo - keyFrom, ROWS);
        int most = 2 * ROWS * STRIP + WIDTH * (x.headDim + columns) + packed * (x.headDim + columns) + 2 * STRIP;
        w = panels.withRoomFor(most);
        strip = AlignedPanels.FIRST;
        bias = strip + ROWS * STRIP;
        queries = bias + ROWS * STRIP;
        rows = queries + WIDTH * x.headDim;
        values = rows + WIDTH * columns;
        keys = values + packed * columns;
        int blocks = Blocking.ceilDiv(keyTo, ROWS);
        if (longest.length < blocks) {
            longest = new float[2 * blocks];
        }
    }

    /** Each block of keys and values by itself. */
    private void packKeys() {
        for (int key = keyFrom; key < keyTo; key += ROWS) {
            int count = Math.min(ROWS, keyTo - key);
            int at = keys + (key - keyFrom) * x.headDim;
            fetched = Packing.fetch(count, x.headDim, x.k, x.kOffset + key * x.kRowStride, x.kRowStride)
                    | Packing.fetch(count, x.headDim, x.v, x.vOffset + key * x.vRowStride, x.vRowStride);
            AttentionPanels.transpose(
                    count, x.headDim, 1f, x.k, x.kOffset + key * x.kRowStride, x.kRowStride, w, at);
            longest[key / ROWS] = x.bias != null ? Float.POSITIVE_INFINITY : longest(count, at);
            AttentionPanels.copy(
                    count, x.headDim, x.v, x.vOffset + key * x.vRowStride, x.vRowStride, w,
                    values + (key - keyFrom) * columns, ROWS * STRIP);
        }
    }

    /** The squared length of the longest of a block's keys; NaN if one is NaN. */
    private float longest(int count, int at) {
        float result = 0f;
        for (int i = 0; i < count; i += STRIP) {
            AttentionStrip.squares(x.headDim, w, at + i * x.headDim, fixed, 0);
            for (int lane = 0; lane < STRIP; lane++) {
                // Unlike a comparison, Math.max keeps NaN.
                result = Math.max(result, fixed[lane]);
            }
        }
        return result;
    }

    private void tile(int first, int count) {
        float factor = (float) (x.scale * AttentionSoftmax.LOG2_E);
        fetched = Packing.fetch(count, x.headDim, x.q, x.qOffset + first * x.qRowStride, x.qRowStride);
        AttentionPanels.transpose(
                count, x.headDim, factor, x.q, x.qOffset + first * x.qRowStride, x.qRowStride, w, queries);
        Arrays.fill(sums, 0f);
        Arrays.fill(blockSums, 0f);
        longestSeen(first, count);
        int strips = Blocking.ceilDiv(count, STRIP);
        for (int s = 0; s < strips; s++) {
            AttentionStrip.squares(x.headDim, w, queries + s * STRIP * x.headDim, fixed, s * STRIP);
            small[s] = AttentionSoftmax.fix(fixed, longestSeen, references, s * STRIP);
            begun[s] = false;
        }
        int from = Math.max(keyFrom, x.firstKey(first) / ROWS * ROWS);
        int to = x.endKey(first + count - 1);
        for (int key = from; key < to; key += ROWS) {
            for (int s = 0; s < strips; s++) {
                strip(s, first + s * STRIP, Math.min(STRIP, count - s * STRIP), key, Math.min(ROWS, keyTo - key));
            }
        }
        float kept = x.dropout > 0 && x.dropout < 1 ? 1 / (1 - x.dropout) : 1;
        for (int s = 0; s < strips; s++) {
            store(s, first + s * STRIP, Math.min(STRIP, count - s * STRIP), kept);
        }
    }

    /** The longest of the keys in the blocks that each query sees; those without a query behind the last are like it. */
    private void longestSeen(int first, int count) {
        float all = 0f;
        for (int i = 0; i < WIDTH; i++) {
            if (i < count && (i == 0 || x.banded())) {
                int query = first + i;
                // The maximum makes the weight of a lone key 1, its output the value itself.
                all = x.endKey(query) - x.firstKey(query) > 1 ? 0f : Float.POSITIVE_INFINITY;
                for (int key = x.firstKey(query) / ROWS * ROWS; key < x.endKey(query); key += ROWS) {
                    all = Math.max(all, longest[key / ROWS]);
                }
            }
            longestSeen[i] = all;
        }
    }

    /** A strip of queries meets a block of keys. */
    private void strip(int s, int query, int count, int key, int block) {
        // Some query sees the rows from..to-1, all of them see those from inside..insideEnd-1.
        int from = Math.max(0, x.firstKey(query) - key);
        int to = Math.min(block, x.endKey(query + count - 1) - key);
        if (from >= to) {
            return;
        }
        int inside = Math.clamp(x.firstKey(query + count - 1) - key, from, to);
        int insideEnd = Math.clamp(x.endKey(query) - key, inside, to);
        int lane = s * STRIP;
        AttentionTile.scores(
                from, to, x.headDim, w, keys + (key - keyFrom) * x.headDim,
                queries + lane * x.headDim, strip);
        if (x.bias != null) {
            Packing.pack(
                    STRIP, count, to - from, (float) AttentionSoftmax.LOG2_E, x.bias,
                    x.biasOffset + query * x.biasRowStride + key + from, x.biasRowStride, 1, w, bias);
            AttentionStrip.add(to - from, w, strip + from * STRIP, bias);
        }
        hide(from, inside, key, query);
        hide(insideEnd, to, key, query);
        weights(s, from, to, inside, insideEnd);
        if (x.dropout > 0) {
            AttentionDropout.drop(
                    x, x.dropoutIndex + (long) query * x.keys + key + from, 1, x.keys, to - from, w,
                    strip + from * STRIP, 1f);
        }
        AttentionTile.columns(
                count, to - from, columns, begun[s], w, strip + from * STRIP,
                values + (key - keyFrom) * columns + from * STRIP, ROWS * STRIP, rows + lane * columns);
        begun[s] = true;
    }

    private void hide(int from, int to, int key, int query) {
        if (from < to) {
            AttentionStrip.hide(to - from, key + from, query, x.low, x.high, w, strip + from * STRIP);
        }
    }

    /** Scores become weights, and sums and what was summed before are brought to the same reference. */
    private void weights(int s, int from, int to, int inside, int insideEnd) {
        int lane = s * STRIP;
        if (small[s]) {
            relative(from, inside, lane);
            if (inside < insideEnd) {
                AttentionSoftmax.small(insideEnd - inside, w, strip + inside * STRIP, blockSums, lane);
            }
            relative(insideEnd, to, lane);
            Arrays.fill(rescale, lane, lane + STRIP, 1f);
        } else {
            AttentionSoftmax.raise(to - from, w, strip + from * STRIP, references, fixed, rescale, lane);
            relative(from, to, lane);
            if (begun[s]) {
                rescaleRows(lane);
            }
        }
        AttentionSoftmax.addUp(sums, rescale, blockSums, lane);
    }

    private void relative(int from, int to, int lane) {
        if (from < to) {
            AttentionSoftmax.relative(to - from, w, strip + from * STRIP, references, blockSums, lane);
        }
    }

    private void rescaleRows(int lane) {
        for (int i = 0; i < STRIP; i++) {
            float factor = rescale[lane + i];
            if (factor != 1f) {
                for (int j = 0; j < columns; j += STRIP) {
                    int row = rows + lane * columns + (j + i) * STRIP;
                    for (int c = row; c < row + STRIP; c++) {
                        w[c] *= factor;
                    }
                }
            }
        }
    }

    private void store(int s, int query, int count, float kept) {
        int lane = s * STRIP;
        AttentionSoftmax.logSumExp(sums, references, references, lane);
        System.arraycopy(references, lane, x.logSumExp, x.logSumExpOffset + query, count);
        for (int i = 0; i < count; i++) {
            int to = x.outOffset + (query + i) * x.outRowStride;
            float sum = sums[lane + i];
            if (sum == 0f) {
                Arrays.fill(x.out, to, to + x.headDim, 0f);
            } else {
                AttentionPanels.storeRow(
                        x.headDim, kept / sum, w, rows + lane * columns + i * STRIP, STRIP * STRIP, x.out, to, false);
            }
        }
    }
}
