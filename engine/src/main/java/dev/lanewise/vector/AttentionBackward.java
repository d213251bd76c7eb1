package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionTile.ROWS;
import static dev.lanewise.vector.AttentionTile.STRIP;
import static dev.lanewise.vector.AttentionTile.WIDTH;

import dev.lanewise.kernels.AttentionCall;
import java.util.Arrays;

/**
 * Backward pass of some keys of a head, and the scratch it needs. Rows are queries and lanes are keys: a tile of keys meets
 * all blocks of queries that see it, and its dK and dV stay in cache until they are complete. Queries and their gradients
 * are packed once. Memory is five times that of the queries.
 *
 * <p>All five products of a strip run while it is in L1. That dQ grows by a depth of no more than a strip at a time costs less
 * than reading the gradients of a whole tile from L2 by rows.
 *
 * <p>Source: Dao, FlashAttention-2, 2023 (2307.08691).
 */
final class AttentionBackward {
    private final AlignedPanels panels = new AlignedPanels();

    /** What {@code fetch} returns. */
    private int fetched;

    private AttentionCall x;

    /** Whether the gradient of the bias is all that is wanted: dS as it is, and none of the products behind it. */
    private boolean ofBias;

    private float[] w;
    private int columns;

    /** Queries that see a key of the part, in whole blocks but for the last. */
    private int queryFrom;

    private int queryTo;

    // Where things lie in w: strips, what belongs to a tile of keys, what belongs to all queries.
    private int scores;
    private int gradients;
    private int keyColumns;
    private int valueColumns;
    private int keyPanels;
    private int keySums;
    private int valueSums;
    private int queryRows;
    private int gradientRows;
    private int queryPanels;
    private int gradientPanels;
    private int querySums;

    // logSumExp in powers of two, in two parts, and D, of all queries.
    private int bases;
    private int rests;
    private int dots;

    /** The keys from..to-1. */
    void run(AttentionCall call, int from, int to) {
        int end = meet(call, from, to);
        storeQueryGradients();
        if (!x.addKeyGradient) {
            AttentionPanels.clear(to - end, x.headDim, x.dK, x.dKOffset + end * x.dKRowStride, x.dKRowStride);
            AttentionPanels.clear(to - end, x.headDim, x.dV, x.dVOffset + end * x.dVRowStride, x.dVRowStride);
        }
        x = null;
    }

    /** Adds to dBias of the keys from..to-1. */
    void biasGradient(AttentionCall call, int from, int to) {
        ofBias = true;
        meet(call, from, to);
        ofBias = false;
        x = null;
    }

    /** All keys that count meet the queries; returns the end of these keys. */
    private int meet(AttentionCall call, int from, int to) {
        x = call;
        columns = AttentionTile.padded(x.headDim);
        int end = Math.max(from, Math.min(to, x.validKeys));
        queryFrom = from < end ? firstQuery(from) / ROWS * ROWS : 0;
        queryTo = from < end ? Math.max(queryFrom, endQuery(end - 1)) : queryFrom;
        place();
        packQueries();
        for (int key = from; key < end; key += WIDTH) {
            keys(key, Math.min(WIDTH, end - key));
        }
        return end;
    }

    /** First query that sees the key, if the band is all there is. */
    private int firstQuery(int key) {
        return Math.clamp((long) key - x.high, 0, x.queries);
    }

    /** Index behind the last query that sees the key. */
    private int endQuery(int key) {
        return Math.clamp((long) key - x.low + 1, 0, x.queries);
    }

    private void place() {
        int count = Blocking.roundUp(queryTo - queryFrom, ROWS);
        int depth = x.headDim;
        scores = AlignedPanels.FIRST;
        // A row more than there are: odd numbers of rows are rounded up.
        gradients = scores + (ROWS + 1) * STRIP;
        keyColumns = gradients + (ROWS + 1) * STRIP;
        valueColumns = keyColumns + WIDTH * depth;
        keyPanels = valueColumns + ROWS * depth;
        keySums = keyPanels + WIDTH * columns;
        valueSums = keySums + WIDTH * columns;
        queryPanels = valueSums + WIDTH * columns;
        gradientPanels = queryPanels + count * columns;
        querySums = gradientPanels + count * columns;
        queryRows = querySums + count * columns;
        gradientRows = queryRows + count * depth + STRIP;
        bases = gradientRows + count * depth + STRIP;
        rests = bases + count + 1;
        dots = rests + count + 1;
        w = panels.withRoomFor(dots + count + 1);
    }

    private void packQueries() {
        // The factor is where it is in the forward pass, so the scores are the same to the bit.
        float factor = (float) (x.scale * AttentionSoftmax.LOG2_E);
        for (int query = queryFrom; query < queryTo; query += ROWS) {
            int count = Math.min(ROWS, queryTo - query);
            int block = query - queryFrom;
            int q = x.qOffset + query * x.qRowStride;
            int dOut = x.dOutOffset + query * x.dOutRowStride;
            int out = x.outOffset + query * x.outRowStride;
            fetched = Packing.fetch(count, x.headDim, x.q, q, x.qRowStride)
                    | Packing.fetch(count, x.headDim, x.dOut, dOut, x.dOutRowStride)
                    | Packing.fetch(count, x.headDim, x.out, out, x.outRowStride);
            AttentionPanels.transpose(
                    count, x.headDim, factor, x.q, q, x.qRowStride, w, queryRows + block * x.headDim);
            AttentionPanels.transpose(
                    count, x.headDim, 1f, x.dOut, dOut, x.dOutRowStride, w, gradientRows + block * x.headDim);
            AttentionPanels.copy(
                    count, x.headDim, x.q, q, x.qRowStride, w, queryPanels + block * columns, ROWS * STRIP);
            AttentionPanels.copy(
                    count, x.headDim, x.dOut, dOut, x.dOutRowStride, w, gradientPanels + block * columns,
                    ROWS * STRIP);
            books(query, count);
        }
        int sums = Blocking.roundUp(queryTo - queryFrom, ROWS) * columns;
        Arrays.fill(w, querySums, querySums + sums, 0f);
    }

    /** D and logSumExp of a block of queries. D is summed in the order of dP: what should cancel does. */
    private void books(int query, int count) {
        int block = query - queryFrom;
        // Here is room as long as there are no keys.
        AttentionPanels.transpose(
                count, x.headDim, 1f, x.out, x.outOffset + query * x.outRowStride, x.outRowStride, w, valueColumns);
        for (int i = 0; i < count; i += STRIP) {
            AttentionStrip.dots(
                    x.headDim, w, gradientRows + (block + i) * x.headDim, valueColumns + i * x.headDim, w,
                    dots + block + i);
        }
        for (int i = 0; i < count; i++) {
            float logSumExp = x.logSumExp[x.logSumExpOffset + query + i];
            double base = logSumExp * AttentionSoftmax.LOG2_E;
            boolean nothing = logSumExp == Float.NEGATIVE_INFINITY;
            w[bases + block + i] = nothing ? Float.POSITIVE_INFINITY : (float) base;
            w[rests + block + i] = nothing ? 0f : (float) (base - (float) base);
        }
    }

    /** A tile of keys meets the queries. */
    private void keys(int key, int count) {
        int k = x.kOffset + key * x.kRowStride;
        int v = x.vOffset + key * x.vRowStride;
        fetched = Packing.fetch(count, x.headDim, x.k, k, x.kRowStride)
                | Packing.fetch(count, x.headDim, x.v, v, x.vRowStride);
        AttentionPanels.transpose(count, x.headDim, 1f, x.k, k, x.kRowStride, w, keyColumns);
        AttentionPanels.transpose(
                count, x.headDim, 1f, x.v, v, x.vRowStride, w, valueColumns);
        AttentionPanels.copy(count, x.headDim, x.k, k, x.kRowStride, w, keyPanels, WIDTH * STRIP);
        Arrays.fill(w, keySums, keySums + 2 * WIDTH * columns, 0f);
        int from = firstQuery(key) / ROWS * ROWS;
        int to = endQuery(key + count - 1);
        for (int query = Math.max(from, queryFrom); query < to; query += ROWS) {
            for (int s = 0; s * STRIP < count; s++) {
                strip(s, key + s * STRIP, Math.min(STRIP, count - s * STRIP), query, Math.min(ROWS, queryTo - query));
            }
        }
        for (int s = 0; s * STRIP < count && !ofBias; s++) {
            int first = key + s * STRIP;
            int lanes = Math.min(STRIP, count - s * STRIP);
            AttentionPanels.store(
                    lanes, x.headDim, x.scale, w, keySums + s * STRIP * columns, STRIP * STRIP, x.dK,
                    x.dKOffset + first * x.dKRowStride, x.dKRowStride, x.addKeyGradient);
            AttentionPanels.store(
                    lanes, x.headDim, 1f, w, valueSums + s * STRIP * columns, STRIP * STRIP, x.dV,
                    x.dVOffset + first * x.dVRowStride, x.dVRowStride, x.addKeyGradient);
        }
    }

    /** A strip of keys meets a block of queries. */
    private void strip(int s, int key, int keys, int query, int queries) {
        // Some key is seen by the rows from..to-1, all of them by those from inside..insideEnd-1.
        int from = Math.max(0, firstQuery(key) - query);
        int to = Math.min(queries, endQuery(key + keys - 1) - query);
        if (from >= to) {
            return;
        }
        int inside = Math.clamp(firstQuery(key + keys - 1) - query, from, to);
        int insideEnd = Math.clamp(endQuery(key) - query, inside, to);
        int depth = x.headDim;
        int lane = s * STRIP;
        int block = query - queryFrom;
        AttentionTile.scores(
                from, to, depth, w, queryRows + block * depth, keyColumns + lane * depth, scores);
        AttentionTile.scores(
                from, to, depth, w, gradientRows + block * depth, valueColumns + lane * depth, gradients);
        if (x.bias != null) {
            addBias(from, to, key, keys, query);
        }
        hide(from, inside, key, query);
        hide(insideEnd, to, key, query);
        float kept = 1 / (1 - x.dropout);
        long number = x.dropoutIndex + (long) (query + from) * x.keys + key;
        if (x.dropout > 0) {
            AttentionDropout.drop(x, number, x.keys, 1, to - from, w, gradients + from * STRIP, kept);
        }
        AttentionGradient.weightsAndGradients(
                to - from, w, scores + from * STRIP, gradients + from * STRIP, bases + block + from,
                rests + block + from, dots + block + from);
        if (ofBias) {
            AttentionPanels.store(
                    to - from, keys, 1f, w, gradients + from * STRIP, ROWS * STRIP, x.dBias,
                    x.dBiasOffset + (query + from) * x.dBiasRowStride + key, x.dBiasRowStride, true);
            return;
        }
        if (x.dropout > 0) {
            AttentionDropout.drop(x, number, x.keys, 1, to - from, w, scores + from * STRIP, kept);
        }
        AttentionTile.columns(
                keys, to - from, columns, true, w, scores + from * STRIP,
                gradientPanels + block * columns + from * STRIP, ROWS * STRIP, valueSums + lane * columns);
        AttentionTile.columns(
                keys, to - from, columns, true, w, gradients + from * STRIP,
                queryPanels + block * columns + from * STRIP, ROWS * STRIP, keySums + lane * columns);
        AttentionTile.rows(
                to - from, keys, columns, w, gradients + from * STRIP, keyPanels + lane * STRIP, WIDTH * STRIP,
                querySums + block * columns + from * STRIP, ROWS * STRIP);
    }

    private void addBias(int from, int to, int key, int keys, int query) {
        for (int i = from; i < to; i++) {
            int row = x.biasOffset + (query + i) * x.biasRowStride + key;
            for (int l = 0; l < keys; l++) {
                w[scores + i * STRIP + l] += x.bias[row + l] * (float) AttentionSoftmax.LOG2_E;
            }
        }
    }

    /** Query i sees the lanes {@code i + low - key .. i + high - key}. */
    private void hide(int from, int to, int key, int query) {
        if (from < to) {
            AttentionStrip.hide(to - from, query + from, key, -x.high, -x.low, w, scores + from * STRIP);
        }
    }

    private void storeQueryGradients() {
        if (!x.addQueryGradient) {
            AttentionPanels.clear(queryFrom, x.headDim, x.dQ, x.dQOffset, x.dQRowStride);
            AttentionPanels.clear(
                    x.queries - queryTo, x.headDim, x.dQ, x.dQOffset + queryTo * x.dQRowStride, x.dQRowStride);
        }
        for (int query = queryFrom; query < queryTo; query += ROWS) {
            AttentionPanels.store(
                    Math.min(ROWS, queryTo - query), x.headDim, x.scale, w, querySums + (query - queryFrom) * columns,
                    ROWS * STRIP, x.dQ, x.dQOffset + query * x.dQRowStride, x.dQRowStride, x.addQueryGradient);
        }
    }
}
