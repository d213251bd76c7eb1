package dev.lanewise;

import dev.lanewise.kernels.AttentionCall;
import java.util.Arrays;

/**
 * How an attention is cut into parts for several threads: pieces of items, each for every head, the largest first, so that
 * threads that claim part after part finish together. Kept between calls, so that planning allocates nothing.
 *
 * <p>How the parts are cut may follow the number of threads, since no bit of the result depends on it: a query's row is the
 * same however the queries are cut, and the gradient of a query is always summed up by the {@link #chunk chunks} of keys,
 * whose size follows from the number of keys alone.
 */
final class AttentionPlan {
    /** Parts that a thread gets if work allows: the last to finish is late by at most a part. */
    private static final int PARTS_PER_THREAD = 8;

    /** Queries of a part: enough that preparing the keys anew for each part is a small share of the work. */
    private static final int MIN_QUERIES = 192;

    /** Queries of a part are a multiple of it, as tiles of any width are full then. */
    private static final int QUERY_STEP = 128;

    /** Keys of a chunk of the backward pass: enough that preparing the queries anew is a small share of the work. */
    private static final int MIN_CHUNK = 1024;

    /** Chunks of an item at most: each but the first may need a dQ of its own, and memory is to be linear. */
    private static final int MOST_CHUNKS = 8;

    /** Rows of dQ that are added up at once. */
    private static final int SUM_ROWS = 128;

    private final AttentionCall band = new AttentionCall();
    private int heads;
    private int pieces;
    private int[] items = {};
    private int[] froms = {};
    private int[] tos = {};
    private long[] order = {};
    private double[] work = {};

    /** For each item, where its partial dQ start; -1 if it needs none. */
    private int[] partials = {};

    private int partialsLength;

    /** Sets the sizes and the band of an item: what a call has before it knows its head. */
    static void item(AttentionCall call, AttentionShape shape, AttentionMask mask, int item) {
        call.queries = shape.queries(item);
        call.keys = shape.keys(item);
        call.validKeys = mask.validKeys(item, call.keys);
        mask.band(call);
    }

    /** Keys of a chunk of the backward pass. */
    static int chunk(int keys) {
        return Math.max(MIN_CHUNK, (keys - 1) / MOST_CHUNKS + 1);
    }

    /** Chunks of the backward pass; one for no keys, which sets dQ to zero. */
    static int chunks(int keys) {
        return Math.max(1, Blocks.count(keys, chunk(keys)));
    }

    /** Cuts the queries. */
    void forward(AttentionShape shape, AttentionMask mask, int threads) {
        begin(shape.heads());
        double total = measure(shape, mask, threads);
        for (int b = 0; b < shape.batch(); b++) {
            int queries = shape.queries(b);
            int most = Blocks.count(queries, MIN_QUERIES);
            int wanted = threads == 1 ? 1
                    : (int) Math.min(most, Math.ceil(PARTS_PER_THREAD * threads * work[b] / total));
            if (wanted <= 1) {
                add(b, 0, queries, work[b]);
                continue;
            }
            int size = ((queries - 1) / wanted / QUERY_STEP + 1) * QUERY_STEP;
            item(band, shape, mask, b);
            for (int from = 0; from < queries; from += size) {
                int to = Math.min(queries, from + size);
                add(b, from, to, pairs(band, from, to, 0, band.keys));
            }
        }
        sort();
    }

    /** Cuts the keys of items that are a large share of the work; the others are done whole. */
    void backward(AttentionShape shape, AttentionMask mask, int threads) {
        begin(shape.keyValueHeads());
        double total = measure(shape, mask, threads);
        if (partials.length < shape.batch()) {
            partials = new int[shape.batch()];
        }
        partialsLength = 0;
        for (int b = 0; b < shape.batch(); b++) {
            int keys = shape.keys(b);
            int chunk = chunk(keys);
            long size = (long) (chunks(keys) - 1) * shape.heads() * shape.queries(b) * shape.headDim();
            double share = PARTS_PER_THREAD / 2 * threads * work[b] * (shape.heads() / Math.max(1, heads));
            boolean split = threads > 1 && share > total && size > 0 && partialsLength + size < Integer.MAX_VALUE - 8;
            partials[b] = split ? partialsLength : -1;
            if (!split) {
                add(b, 0, keys, work[b]);
                continue;
            }
            partialsLength += (int) size;
            item(band, shape, mask, b);
            for (int from = 0; from < keys; from += chunk) {
                int to = Math.min(keys, from + chunk);
                add(b, from, to, pairs(band, 0, band.queries, from, to));
            }
        }
        sort();
    }

    /** After {@link #backward}: cuts the rows of dQ that are to be added up. */
    void sums(AttentionShape shape) {
        begin(shape.heads());
        for (int b = 0; b < shape.batch(); b++) {
            for (int from = 0; from < shape.queries(b) && partials[b] >= 0; from += SUM_ROWS) {
                add(b, from, Math.min(shape.queries(b), from + SUM_ROWS), 1);
            }
        }
        sort();
    }

    /**
     * Cuts the keys of each bias that items or heads have of their own. An element of its gradient belongs to one part, which
     * goes through all that share it: so the order of the sum is the same however the keys are cut.
     */
    void biasGradient(AttentionShape shape, AttentionMask mask, int threads) {
        begin(mask.biasOfHeads() ? shape.heads() : Math.min(1, shape.heads()));
        int biases = mask.biasOfItems() ? shape.batch() : Math.min(1, shape.batch());
        double wanted = threads == 1 ? 1 : PARTS_PER_THREAD * threads / Math.max(1.0, (double) biases * heads);
        for (int b = 0; b < biases; b++) {
            int keys = mask.biasOfItems() ? shape.keys(b) : shape.longestKeys();
            int size = ((keys - 1) / (int) Math.ceil(wanted) / QUERY_STEP + 1) * QUERY_STEP;
            for (int from = 0; from < keys; from += size) {
                int to = Math.min(keys, from + size);
                add(b, from, to, to - from);
            }
        }
        sort();
    }

    private void begin(int ofHeads) {
        heads = ofHeads;
        pieces = 0;
    }

    /** Finds the work of a head of each item, in pairs of a query and a key; returns that of all. */
    private double measure(AttentionShape shape, AttentionMask mask, int threads) {
        if (work.length < shape.batch()) {
            work = new double[shape.batch()];
        }
        double total = 0;
        for (int b = 0; b < shape.batch(); b++) {
            item(band, shape, mask, b);
            // A thread alone takes the items as they come.
            work[b] = threads == 1 ? 0 : pairs(band, 0, band.queries, 0, band.keys);
            total += work[b] * shape.heads();
        }
        return Math.max(1, total);
    }

    /** Pairs of a query and a key that it sees, within ranges of both. */
    private static double pairs(AttentionCall band, int queryFrom, int queryTo, int keyFrom, int keyTo) {
        if (!band.banded()) {
            return (queryTo - (double) queryFrom) * Math.max(0, Math.min(keyTo, band.validKeys) - keyFrom);
        }
        double pairs = 0;
        for (int i = queryFrom; i < queryTo; i++) {
            pairs += Math.max(0, Math.min(keyTo, band.endKey(i)) - Math.max(keyFrom, band.firstKey(i)));
        }
        return pairs;
    }

    private void add(int item, int from, int to, double pairs) {
        if (pieces == items.length) {
            int length = Math.max(16, 2 * pieces);
            items = Arrays.copyOf(items, length);
            froms = Arrays.copyOf(froms, length);
            tos = Arrays.copyOf(tos, length);
            order = Arrays.copyOf(order, length);
        }
        items[pieces] = item;
        froms[pieces] = from;
        tos[pieces] = to;
        // The bits of positive floats are ordered like the floats: the largest work comes first, then the first piece.
        order[pieces] = (long) (Integer.MAX_VALUE - Float.floatToIntBits((float) pairs)) << 32 | pieces;
        pieces++;
    }

    /** Heap sort of the order: library sorts may allocate. */
    private void sort() {
        boolean sorted = true;
        for (int i = 1; i < pieces; i++) {
            sorted &= order[i - 1] <= order[i];
        }
        for (int root = pieces / 2 - 1; root >= 0 && !sorted; root--) {
            sink(root, pieces);
        }
        for (int end = pieces - 1; end > 0 && !sorted; end--) {
            swap(0, end);
            sink(0, end);
        }
    }

    private void sink(int from, int end) {
        int root = from;
        while (2 * root + 1 < end) {
            int child = 2 * root + 1;
            if (child + 1 < end && order[child + 1] > order[child]) {
                child++;
            }
            if (order[root] >= order[child]) {
                return;
            }
            swap(root, child);
            root = child;
        }
    }

    private void swap(int a, int b) {
        long key = order[a];
        order[a] = order[b];
        order[b] = key;
    }

    /** Number of parts: every piece for every head. */
    int parts() {
        return (int) Math.min(Integer.MAX_VALUE, (long) pieces * heads);
    }

    private int piece(int part) {
        return (int) order[part / heads];
    }

    /** Head of the part: of k and v in a backward pass, of q otherwise. */
    int head(int part) {
        return part % heads;
    }

    /** Item of the part. */
    int item(int part) {
        return items[piece(part)];
    }

    /** First query (first key, backward) of the part. */
    int from(int part) {
        return froms[piece(part)];
    }

    /** The end of its queries (keys, backward). */
    int to(int part) {
        return tos[piece(part)];
    }

    /** Whether the chunks of the item's keys are parts of their own, with partial dQ. */
    boolean split(int item) {
        return partials[item] >= 0;
    }

    /** Where the dQ of a chunk but the first and of a query head starts, [queries x headDim]. */
    int partialAt(AttentionShape shape, int item, int head, int chunk) {
        return partials[item] + ((chunk - 1) * shape.heads() + head) * shape.queries(item) * shape.headDim();
    }

    /** Elements of all partial dQ. */
    int partialsLength() {
        return partialsLength;
    }
}
