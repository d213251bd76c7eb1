package dev.lanewise;

import java.util.Objects;

/**
 * The sizes of an attention, and where the rows of its tensors lie.
 *
 * <p>In a batch of items of one size, element (b, h, r, d) of q is
 * {@code q[qOffset + b * batchStride + h * headStride + r * rowStride + d]} with the strides of its {@link Layout}, and
 * likewise for k, v and out. The logSumExp of a forward pass is dense, [batch, heads, queries].
 *
 * <p>In a ragged batch the items have sizes of their own and lie end to end, without padding: item b has the rows
 * {@code starts[b] .. starts[b + 1] - 1}, and element (b, h, r, d) of q is
 * {@code q[qOffset + (queryStarts[b] + r) * rowStride + h * headDim + d]}. Its logSumExp is dense,
 * [heads, {@code queryStarts[batch]}].
 *
 * <p>With fewer heads of keys and values than of queries, groups of {@code heads / keyValueHeads} successive query heads
 * share one: query head h uses head {@code h / (heads / keyValueHeads)} of k and v. Source: Ainslie et al., GQA, 2023
 * (2305.13245).
 *
 * <p>Gradients have the layout of what they are gradients of.
 */
public final class AttentionShape {
    /**
     * The distances between the rows of a tensor.
     *
     * @param batchStride distance between two items of the batch
     * @param headStride distance between two heads of an item
     * @param rowStride distance between two rows of a head, at least headDim
     */
    public record Layout(int batchStride, int headStride, int rowStride) {
        @Override
        public String toString() {
            return "strides " + batchStride + ", " + headStride + ", " + rowStride;
        }
    }

    private final int batch;
    private final int heads;
    private final int keyValueHeads;
    private final int queries;
    private final int keys;
    private final int headDim;
    private final Layout q;
    private final Layout k;
    private final Layout v;
    private final Layout out;

    /** The first row of each item and the end of the last; null where all items have one size. */
    private final int[] queryStarts;

    private final int[] keyStarts;

    private AttentionShape(
            int batch, int heads, int keyValueHeads, int queries, int keys, int headDim, Layout q, Layout k, Layout v,
            Layout out, int[] queryStarts, int[] keyStarts) {
        Checks.notNegative("batch", batch);
        Checks.notNegative("heads", heads);
        Checks.notNegative("keyValueHeads", keyValueHeads);
        Checks.notNegative("queries", queries);
        Checks.notNegative("keys", keys);
        Checks.notNegative("headDim", headDim);
        if (heads > 0 && (keyValueHeads == 0 || heads % keyValueHeads != 0)) {
            throw new IllegalArgumentException(
                    "keyValueHeads must divide heads, but " + keyValueHeads + " does not divide " + heads);
        }
        Checks.size(Checks.size(batch, heads), queries);
        this.batch = batch;
        this.heads = heads;
        this.keyValueHeads = heads == 0 ? 0 : keyValueHeads;
        this.queries = queries;
        this.keys = keys;
        this.headDim = headDim;
        this.q = strides("q", q);
        this.k = strides("k", k);
        this.v = strides("v", v);
        this.out = strides("out", out);
        this.queryStarts = queryStarts;
        this.keyStarts = keyStarts;
    }

    private Layout strides(String name, Layout layout) {
        Checks.notNegative(name + "BatchStride", layout.batchStride);
        Checks.notNegative(name + "HeadStride", layout.headStride);
        if (heads > 0 && layout.rowStride < headDim) {
            throw new IllegalArgumentException(
                    name + "RowStride is " + layout.rowStride + ", below the headDim of " + headDim);
        }
        return layout;
    }

    /**
     * Dense tensors [batch, heads, rows, headDim], one head after the other.
     *
     * @param batch number of independent items
     * @param heads heads of each item
     * @param queries rows of q and out in each head
     * @param keys rows of k and v in each head
     * @param headDim elements of a row
     * @return the shape
     * @throws IllegalArgumentException if a size is negative or a tensor would have 2^31 elements or more
     */
    public static AttentionShape headsFirst(int batch, int heads, int queries, int keys, int headDim) {
        return headsFirst(batch, heads, heads, queries, keys, headDim);
    }

    /**
     * Dense tensors, one head after the other: q and out are [batch, heads, queries, headDim], k and v are [batch,
     * keyValueHeads, keys, headDim].
     *
     * @param batch number of independent items
     * @param heads heads of q and out in each item
     * @param keyValueHeads heads of k and v in each item; divides heads
     * @param queries rows of q and out in each head
     * @param keys rows of k and v in each head
     * @param headDim elements of a row
     * @return the shape
     * @throws IllegalArgumentException if a size is negative, keyValueHeads does not divide heads, or a tensor would have
     *     2^31 elements or more
     */
    public static AttentionShape headsFirst(
            int batch, int heads, int keyValueHeads, int queries, int keys, int headDim) {
        int queryHead = Checks.size(queries, headDim);
        int keyHead = Checks.size(keys, headDim);
        Layout query = new Layout(Checks.size(heads, queryHead), queryHead, headDim);
        Layout key = new Layout(Checks.size(keyValueHeads, keyHead), keyHead, headDim);
        return new AttentionShape(
                batch, heads, keyValueHeads, queries, keys, headDim, query, key, key, query, null, null);
    }

    /**
     * Tensors [batch, rows, heads * headDim] whose rows have a stride, as linear layers give them; q, k and v may be three
     * column ranges of one array [batch * rows x 3 * heads * headDim].
     *
     * @param batch number of independent items
     * @param heads heads of each item, side by side in a row
     * @param queries rows of q and out in each item
     * @param keys rows of k and v in each item
     * @param headDim elements of a head
     * @param qRowStride distance between two rows of q, at least {@code heads * headDim}
     * @param kRowStride distance between two rows of k, at least {@code heads * headDim}
     * @param vRowStride distance between two rows of v, at least {@code heads * headDim}
     * @param outRowStride distance between two rows of out, at least {@code heads * headDim}
     * @return the shape
     * @throws IllegalArgumentException if a size is negative, a stride too small, or a tensor would span 2^31 elements or
     *     more
     */
    public static AttentionShape interleaved(
            int batch, int heads, int queries, int keys, int headDim, int qRowStride, int kRowStride, int vRowStride,
            int outRowStride) {
        return interleaved(
                batch, heads, heads, queries, keys, headDim, qRowStride, kRowStride, vRowStride, outRowStride);
    }

    /**
     * Tensors whose rows have a stride and hold the heads side by side: q and out are [batch, queries, heads * headDim], k
     * and v are [batch, keys, keyValueHeads * headDim].
     *
     * @param batch number of independent items
     * @param heads heads of q and out in each row
     * @param keyValueHeads heads of k and v in each row; divides heads
     * @param queries rows of q and out in each item
     * @param keys rows of k and v in each item
     * @param headDim elements of a head
     * @param qRowStride distance between two rows of q, at least {@code heads * headDim}
     * @param kRowStride distance between two rows of k, at least {@code keyValueHeads * headDim}
     * @param vRowStride distance between two rows of v, at least {@code keyValueHeads * headDim}
     * @param outRowStride distance between two rows of out, at least {@code heads * headDim}
     * @return the shape
     * @throws IllegalArgumentException if a size is negative, keyValueHeads does not divide heads, a stride is too small, or
     *     a tensor would span 2^31 elements or more
     */
    public static AttentionShape interleaved(
            int batch, int heads, int keyValueHeads, int queries, int keys, int headDim, int qRowStride,
            int kRowStride, int vRowStride, int outRowStride) {
        rowStrides(heads, keyValueHeads, headDim, qRowStride, kRowStride, vRowStride, outRowStride);
        return new AttentionShape(
                batch, heads, keyValueHeads, queries, keys, headDim, rows(queries, headDim, qRowStride),
                rows(keys, headDim, kRowStride), rows(keys, headDim, vRowStride), rows(queries, headDim, outRowStride),
                null, null);
    }

    private static Layout rows(int rows, int headDim, int rowStride) {
        return new Layout(Checks.size(rows, rowStride), headDim, rowStride);
    }

    /**
     * Tensors with any strides.
     *
     * @param batch number of independent items
     * @param heads heads of q and out in each item
     * @param keyValueHeads heads of k and v in each item; divides heads
     * @param queries rows of q and out in each head
     * @param keys rows of k and v in each head
     * @param headDim elements of a row
     * @param q strides of q
     * @param k strides of k
     * @param v strides of v
     * @param out strides of out
     * @return the shape
     * @throws IllegalArgumentException if a size or a stride is negative, keyValueHeads does not divide heads, a row stride
     *     is below headDim, or batch * heads * queries is 2^31 or more
     */
    public static AttentionShape strided(
            int batch, int heads, int keyValueHeads, int queries, int keys, int headDim, Layout q, Layout k, Layout v,
            Layout out) {
        return new AttentionShape(batch, heads, keyValueHeads, queries, keys, headDim, q, k, v, out, null, null);
    }

    /**
     * Items of different lengths, end to end: q and out are [{@code queryStarts[batch]} x heads * headDim], k and v are
     * [{@code keyStarts[batch]} x keyValueHeads * headDim], with a stride between rows. Item b consists of the rows
     * {@code starts[b] .. starts[b + 1] - 1}; it may be empty. Costs what its items cost: nothing is padded.
     *
     * @param batch number of independent items
     * @param heads heads of q and out in each row
     * @param keyValueHeads heads of k and v in each row; divides heads
     * @param headDim elements of a head
     * @param queryStarts at least batch + 1 numbers, from 0 on and never falling: the cumulative lengths of q. Not copied, and
     *     read by each call, so that one shape may serve many batches
     * @param keyStarts the same for k and v; for self-attention the same array
     * @param qRowStride distance between two rows of q, at least {@code heads * headDim}
     * @param kRowStride distance between two rows of k, at least {@code keyValueHeads * headDim}
     * @param vRowStride distance between two rows of v, at least {@code keyValueHeads * headDim}
     * @param outRowStride distance between two rows of out, at least {@code heads * headDim}
     * @return the shape
     * @throws IllegalArgumentException if a size is negative, keyValueHeads does not divide heads, a stride is too small, or
     *     there are too few starts
     * @throws NullPointerException if {@code queryStarts} or {@code keyStarts} is null
     */
    public static AttentionShape ragged(
            int batch, int heads, int keyValueHeads, int headDim, int[] queryStarts, int[] keyStarts, int qRowStride,
            int kRowStride, int vRowStride, int outRowStride) {
        rowStrides(heads, keyValueHeads, headDim, qRowStride, kRowStride, vRowStride, outRowStride);
        enough("queryStarts", Objects.requireNonNull(queryStarts, "queryStarts"), batch);
        enough("keyStarts", Objects.requireNonNull(keyStarts, "keyStarts"), batch);
        return new AttentionShape(
                batch, heads, keyValueHeads, 0, 0, headDim, new Layout(0, headDim, qRowStride),
                new Layout(0, headDim, kRowStride), new Layout(0, headDim, vRowStride),
                new Layout(0, headDim, outRowStride), queryStarts, keyStarts);
    }

    private static void enough(String name, int[] starts, int batch) {
        if (starts.length <= batch) {
            throw new IllegalArgumentException(
                    name + " has " + starts.length + " numbers, but a ragged batch of " + batch + " items needs "
                            + (batch + 1L) + ": the first row of each item and the end of the last");
        }
    }

    private static void rowStrides(int heads, int keyValueHeads, int headDim, int q, int k, int v, int out) {
        int queryCols = Checks.size(heads, headDim);
        int keyCols = Checks.size(keyValueHeads, headDim);
        rowStride("q", q, "heads", queryCols);
        rowStride("k", k, "keyValueHeads", keyCols);
        rowStride("v", v, "keyValueHeads", keyCols);
        rowStride("out", out, "heads", queryCols);
    }

    private static void rowStride(String name, int stride, String heads, int cols) {
        if (stride < cols) {
            throw new IllegalArgumentException(
                    name + "RowStride is " + stride + ", below " + heads + " * headDim = " + cols);
        }
    }

    /**
     * The number of independent items.
     *
     * @return items
     */
    public int batch() {
        return batch;
    }

    /**
     * The number of heads of q and out.
     *
     * @return heads of an item
     */
    public int heads() {
        return heads;
    }

    /**
     * The number of heads of k and v.
     *
     * @return heads of an item, a divisor of {@link #heads()}
     */
    public int keyValueHeads() {
        return keyValueHeads;
    }

    /**
     * The rows of q and out.
     *
     * @return rows of an item; in a ragged batch those of all items together
     */
    public int queries() {
        return ragged() ? queryStarts[batch] : queries;
    }

    /**
     * The rows of k and v.
     *
     * @return rows of an item; in a ragged batch those of all items together
     */
    public int keys() {
        return ragged() ? keyStarts[batch] : keys;
    }

    /**
     * The elements of a row of a head.
     *
     * @return elements
     */
    public int headDim() {
        return headDim;
    }

    /**
     * Whether the items have lengths of their own.
     *
     * @return true for what {@link #ragged(int, int, int, int, int[], int[], int, int, int, int)} made
     */
    public boolean ragged() {
        return queryStarts != null;
    }

    /** Rows of q of the given item. */
    int queries(int item) {
        return ragged() ? queryStarts[item + 1] - queryStarts[item] : queries;
    }

    /** Rows of k of the given item. */
    int keys(int item) {
        return ragged() ? keyStarts[item + 1] - keyStarts[item] : keys;
    }

    /** Rows of q of the longest item. */
    int longestQueries() {
        int longest = queries;
        for (int b = 0; b < batch && ragged(); b++) {
            longest = Math.max(longest, queries(b));
        }
        return longest;
    }

    /** Rows of k of the longest item. */
    int longestKeys() {
        int longest = keys;
        for (int b = 0; b < batch && ragged(); b++) {
            longest = Math.max(longest, keys(b));
        }
        return longest;
    }

    Layout q() {
        return q;
    }

    Layout k() {
        return k;
    }

    Layout v() {
        return v;
    }

    Layout out() {
        return out;
    }

    /** Distance from the first element of a tensor of the layout of q or out to that of an item's head. */
    int queryAt(Layout layout, int item, int head) {
        int row = ragged() ? queryStarts[item] : 0;
        return item * layout.batchStride + head * layout.headStride + row * layout.rowStride;
    }

    /** Distance from the first element of a tensor of the layout of k or v to that of an item's head. */
    int keyAt(Layout layout, int item, int keyValueHead) {
        int row = ragged() ? keyStarts[item] : 0;
        return item * layout.batchStride + keyValueHead * layout.headStride + row * layout.rowStride;
    }

    /** Distance from the first element of logSumExp to that of an item's head. */
    int logSumExpAt(int item, int head) {
        return ragged() ? head * queryStarts[batch] + queryStarts[item] : (item * heads + head) * queries;
    }

    /** Elements of logSumExp. */
    int rows() {
        return ragged() ? heads * queryStarts[batch] : batch * heads * queries;
    }

    /** That the starts, which may have changed since the last call, make sense. */
    void check() {
        if (ragged()) {
            check("queryStarts", queryStarts);
            check("keyStarts", keyStarts);
            Checks.size(heads, queryStarts[batch]);
        }
    }

    private void check(String name, int[] starts) {
        if (starts[0] != 0) {
            throw new IllegalArgumentException(name + "[0] is " + starts[0] + ", but the first item starts at row 0");
        }
        for (int b = 0; b < batch; b++) {
            if (starts[b + 1] < starts[b]) {
                throw new IllegalArgumentException(
                        name + " falls from " + starts[b] + " to " + starts[b + 1] + " at index " + (b + 1)
                                + ": an item ends where the next one starts");
            }
        }
    }

    /**
     * The shape in words.
     *
     * @return the sizes without the strides
     */
    @Override
    public String toString() {
        String grouped = keyValueHeads == heads ? "" : ", keyValueHeads " + keyValueHeads;
        String rows = ragged() ? "ragged, queries " + queries() + " and keys " + keys() + " in all"
                : "queries " + queries + ", keys " + keys;
        return "[batch " + batch + ", heads " + heads + grouped + ", " + rows + ", headDim " + headDim + "]";
    }
}
