package dev.lanewise;

/**
 * The sizes of an attention, and where the rows of its four tensors lie: element (b, h, r, d) of q is
 * {@code q[qOffset + b * qBatchStride + h * qHeadStride + r * qRowStride + d]}, and likewise for k, v and out. Gradients
 * have the layout of what they are gradients of. The logSumExp of a forward pass is dense, [batch, heads, queries].
 *
 * @param batch number of independent items
 * @param heads heads of each item
 * @param queries rows of q and out in each head
 * @param keys rows of k and v in each head
 * @param headDim elements of a row
 * @param qBatchStride distance between two items of q
 * @param qHeadStride distance between two heads of q
 * @param qRowStride distance between two rows of q
 * @param kBatchStride distance between two items of k
 * @param kHeadStride distance between two heads of k
 * @param kRowStride distance between two rows of k
 * @param vBatchStride distance between two items of v
 * @param vHeadStride distance between two heads of v
 * @param vRowStride distance between two rows of v
 * @param outBatchStride distance between two items of out
 * @param outHeadStride distance between two heads of out
 * @param outRowStride distance between two rows of out
 */
public record AttentionShape(
        int batch, int heads, int queries, int keys, int headDim, int qBatchStride, int qHeadStride, int qRowStride,
        int kBatchStride, int kHeadStride, int kRowStride, int vBatchStride, int vHeadStride, int vRowStride,
        int outBatchStride, int outHeadStride, int outRowStride) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size or a stride is negative, a row stride is below headDim, or batch * heads *
     *     queries is 2^31 or more
     */
    public AttentionShape {
        Checks.notNegative("batch", batch);
        Checks.notNegative("heads", heads);
        Checks.notNegative("queries", queries);
        Checks.notNegative("keys", keys);
        Checks.notNegative("headDim", headDim);
        Checks.size(Checks.size(batch, heads), queries);
        strides("q", qBatchStride, qHeadStride, qRowStride, heads == 0 ? 0 : headDim);
        strides("k", kBatchStride, kHeadStride, kRowStride, heads == 0 ? 0 : headDim);
        strides("v", vBatchStride, vHeadStride, vRowStride, heads == 0 ? 0 : headDim);
        strides("out", outBatchStride, outHeadStride, outRowStride, heads == 0 ? 0 : headDim);
    }

    private static void strides(String name, int batchStride, int headStride, int rowStride, int headDim) {
        Checks.notNegative(name + "BatchStride", batchStride);
        Checks.notNegative(name + "HeadStride", headStride);
        if (rowStride < headDim) {
            throw new IllegalArgumentException(
                    name + "RowStride is " + rowStride + ", below the headDim of " + headDim);
        }
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
        int queryHead = Checks.size(queries, headDim);
        int keyHead = Checks.size(keys, headDim);
        int queryItem = Checks.size(heads, queryHead);
        int keyItem = Checks.size(heads, keyHead);
        return new AttentionShape(
                batch, heads, queries, keys, headDim, queryItem, queryHead, headDim, keyItem, keyHead, headDim, keyItem,
                keyHead, headDim, queryItem, queryHead, headDim);
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
        int modelDim = Checks.size(heads, headDim);
        rowStride("q", qRowStride, modelDim);
        rowStride("k", kRowStride, modelDim);
        rowStride("v", vRowStride, modelDim);
        rowStride("out", outRowStride, modelDim);
        return new AttentionShape(
                batch, heads, queries, keys, headDim, Checks.size(queries, qRowStride), headDim, qRowStride,
                Checks.size(keys, kRowStride), headDim, kRowStride, Checks.size(keys, vRowStride), headDim, vRowStride,
                Checks.size(queries, outRowStride), headDim, outRowStride);
    }

    private static void rowStride(String name, int stride, int modelDim) {
        if (stride < modelDim) {
            throw new IllegalArgumentException(
                    name + "RowStride is " + stride + ", below heads * headDim = " + modelDim);
        }
    }

    /** Elements of logSumExp. */
    int rows() {
        return batch * heads * queries;
    }

    /**
     * The shape in words.
     *
     * @return the sizes without the strides
     */
    @Override
    public String toString() {
        return "[batch " + batch + ", heads " + heads + ", queries " + queries + ", keys " + keys + ", headDim "
                + headDim
                + "]";
    }
}
