package dev.lanewise;

/**
 * Which keys a query sees. Query i sees key j if {@code j < lengths[b]}, b being its item of the batch, and, where
 * causal, {@code j <= i + keys - queries}: the last query sees the last key. A query that sees no key yields zeros.
 *
 * @param isCausal whether a query sees no key after its own position
 * @param lengths keys that count, from the first, one number for each item of the batch (further ones are not read), or
 *     null where all count; not copied, so that one array may serve many batches
 */
public record AttentionMask(boolean isCausal, int[] lengths) {
    private static final AttentionMask NONE = new AttentionMask(false, null);
    private static final AttentionMask CAUSAL = new AttentionMask(true, null);

    /**
     * Every query sees every key.
     *
     * @return the mask
     */
    public static AttentionMask none() {
        return NONE;
    }

    /**
     * A query sees the keys up to its own position.
     *
     * @return the mask
     */
    public static AttentionMask causal() {
        return CAUSAL;
    }

    /**
     * A query sees the first keys of its sequence; the rest is padding.
     *
     * @param lengths keys that count, one number for each item of the batch; not copied
     * @return the mask
     */
    public static AttentionMask keyLengths(int[] lengths) {
        return new AttentionMask(false, lengths);
    }

    /**
     * A query sees the keys up to its own position, padding excepted.
     *
     * @param lengths keys that count, one number for each item of the batch; not copied
     * @return the mask
     */
    public static AttentionMask causalKeyLengths(int[] lengths) {
        return new AttentionMask(true, lengths);
    }

    /** Keys that count for the given item of the batch. */
    int validKeys(int item, int keys) {
        return lengths == null ? keys : lengths[item];
    }

    /** That there is a length within 0..keys for each item. */
    void check(int batch, int keys) {
        if (lengths != null) {
            if (lengths.length < batch) {
                throw new IllegalArgumentException(
                        "the mask has " + lengths.length + " key lengths, but the batch has " + batch + " items");
            }
            Indices.within("keyLengths", lengths, 0, batch, 0, keys);
        }
    }
}
