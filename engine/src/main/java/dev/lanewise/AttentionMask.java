package dev.lanewise;

import dev.lanewise.kernels.AttentionCall;
import java.util.Objects;

/**
 * Which keys a query sees, and what is added to their scores. Masks are made by the factories and combined by the methods
 * {@code with...}; a key is seen if every part of the mask lets it be seen:
 *
 * <ul>
 * <li>key lengths: {@code j < lengths[b]}, b being the item of the batch; what lies behind is padding and is never read
 * <li>causal: {@code j <= i + keys - queries}, the last query sees the last key
 * <li>window: {@code i + keys - queries - left <= j <= i + keys - queries + right}, a band around the query's own position
 * <li>bias: {@code bias[b, h, i, j]} is added to the score; negative infinity masks the key
 * </ul>
 *
 * <p>Here {@code queries} and {@code keys} are those of the shape, or of the item where the batch is ragged: key lengths do
 * not move the position of a query. So queries and keys that are padded alike, to one length, line up one by one, and one
 * new token, {@code queries == 1}, sees all that is valid of a longer cache. Where several new tokens meet caches of
 * different lengths, a ragged shape aligns each with the end of its own.
 *
 * <p>A query that sees no key, or only keys with a bias of negative infinity, yields zeros. Values that are masked by a
 * length or by the band are not used, whatever they hold; those masked by the bias are, with a weight of zero, so that NaN
 * or infinities among them may make the row NaN.
 *
 * <p>Sources: Vaswani et al., Attention Is All You Need, 2017 (1706.03762); the window: Beltagy et al., Longformer, 2020
 * (2004.05150).
 */
public final class AttentionMask {
    private static final int UNLIMITED = -1;
    private static final AttentionMask NONE = new AttentionMask(false, null);
    private static final AttentionMask CAUSAL = new AttentionMask(true, null);

    private final boolean causal;
    private final int[] lengths;
    private final int left;
    private final int right;
    private final float[] bias;
    private final int biasOffset;
    private final int biasBatchStride;
    private final int biasHeadStride;
    private final int biasRowStride;

    /**
     * A mask of a triangle and lengths, either of which may be missing.
     *
     * @param isCausal whether a query sees no key after its own position
     * @param lengths keys that count, from the first, one number for each item of the batch (further ones are not read), or
     *     null where all count; not copied, so that one array may serve many batches
     */
    public AttentionMask(boolean isCausal, int[] lengths) {
        this(isCausal, lengths, UNLIMITED, UNLIMITED, null, 0, 0, 0, 0);
    }

    private AttentionMask(
            boolean causal, int[] lengths, int left, int right, float[] bias, int biasOffset, int biasBatchStride,
            int biasHeadStride, int biasRowStride) {
        this.causal = causal;
        this.lengths = lengths;
        this.left = left;
        this.right = right;
        this.bias = bias;
        this.biasOffset = biasOffset;
        this.biasBatchStride = biasBatchStride;
        this.biasHeadStride = biasHeadStride;
        this.biasRowStride = biasRowStride;
    }

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

    /**
     * A query sees the keys around its own position. A causal window is {@code window(left, 0)}. Costs what it shows: keys
     * outside the window take no time.
     *
     * @param left keys before its own position that a query sees; -1 for all
     * @param right keys after its own position that a query sees; -1 for all
     * @return the mask
     * @throws IllegalArgumentException if a number is below -1
     */
    public static AttentionMask window(int left, int right) {
        return NONE.withWindow(left, right);
    }

    /**
     * One bias for all items and heads.
     *
     * @param bias [queries x keys]; not modified and not copied
     * @return the mask
     */
    public static AttentionMask bias(Matrix bias) {
        return NONE.withBias(bias.data(), bias.offset(), 0, 0, bias.stride());
    }

    /**
     * This mask, and no key after a query's own position.
     *
     * @return a new mask
     */
    public AttentionMask withCausal() {
        return new AttentionMask(
                true, lengths, left, right, bias, biasOffset, biasBatchStride, biasHeadStride, biasRowStride);
    }

    /**
     * This mask with other key lengths.
     *
     * @param newLengths keys that count, one number for each item of the batch, or null where all count; not copied
     * @return a new mask
     */
    public AttentionMask withKeyLengths(int[] newLengths) {
        return new AttentionMask(
                causal, newLengths, left, right, bias, biasOffset, biasBatchStride, biasHeadStride, biasRowStride);
    }

    /**
     * This mask with another window.
     *
     * @param newLeft keys before its own position that a query sees; -1 for all
     * @param newRight keys after its own position that a query sees; -1 for all
     * @return a new mask
     * @throws IllegalArgumentException if a number is below -1
     */
    public AttentionMask withWindow(int newLeft, int newRight) {
        if (newLeft < UNLIMITED || newRight < UNLIMITED) {
            throw new IllegalArgumentException(
                    "a window has a number of keys on each side, or -1 for all, but was given " + newLeft + " and "
                            + newRight);
        }
        return new AttentionMask(
                causal, lengths, newLeft, newRight, bias, biasOffset, biasBatchStride, biasHeadStride, biasRowStride);
    }

    /**
     * This mask with another bias: the score of query i and key j in head h of item b is
     * {@code scale * Q[i] . K[j] + bias[offset + b * batchStride + h * headStride + i * rowStride + j]}. A stride of 0
     * shares values between items, heads or queries. In a ragged batch i and j count within the item. Its gradient is
     * {@link AttentionTensors#dBias}.
     *
     * @param newBias the values; not modified and not copied; NaN and positive infinity make a row NaN
     * @param offset index of the first
     * @param batchStride distance between two items
     * @param headStride distance between two heads, of which there are as many as q has
     * @param rowStride distance between two queries
     * @return a new mask
     * @throws IllegalArgumentException if the offset or a stride is negative
     * @throws NullPointerException if {@code newBias} is null
     */
    public AttentionMask withBias(float[] newBias, int offset, int batchStride, int headStride, int rowStride) {
        Objects.requireNonNull(newBias, "newBias");
        Checks.notNegative("bias offset", offset);
        Checks.notNegative("bias batchStride", batchStride);
        Checks.notNegative("bias headStride", headStride);
        Checks.notNegative("bias rowStride", rowStride);
        return new AttentionMask(
                causal, lengths, left, right, newBias, offset, batchStride, headStride, rowStride);
    }

    /**
     * Whether a query sees no key after its own position.
     *
     * @return whether the mask is causal
     */
    public boolean isCausal() {
        return causal;
    }

    /**
     * The keys that count.
     *
     * @return one number for each item, live; null where all count
     */
    public int[] lengths() {
        return lengths;
    }

    /** Keys that count for the given item of the batch. */
    int validKeys(int item, int keys) {
        return lengths == null ? keys : lengths[item];
    }

    /** Sets which keys the queries of an item see; sizes are set by now. Limits that limit nothing are left out. */
    void band(AttentionCall call) {
        long shift = (long) call.keys - call.queries;
        long low = left == UNLIMITED ? Long.MIN_VALUE : shift - left;
        long high = right == UNLIMITED ? Long.MAX_VALUE : shift + right;
        high = causal ? Math.min(high, shift) : high;
        call.low = low + call.queries - 1 <= 0 ? -AttentionCall.UNLIMITED
                : (int) Math.min(low, AttentionCall.UNLIMITED - 1);
        call.high = high >= call.validKeys - 1 ? AttentionCall.UNLIMITED
                : (int) Math.max(high, -(AttentionCall.UNLIMITED - 1));
    }

    /** Sets the bias of a head. */
    void bias(AttentionCall call, int item, int head) {
        call.bias = bias;
        call.biasOffset = biasOffset + item * biasBatchStride + head * biasHeadStride;
        call.biasRowStride = biasRowStride;
    }

    boolean hasBias() {
        return bias != null;
    }

    /** Whether each item has a bias of its own. */
    boolean biasOfItems() {
        return biasBatchStride > 0;
    }

    /** Whether each head has a bias of its own. */
    boolean biasOfHeads() {
        return biasHeadStride > 0;
    }

    /** Whether each query has a bias of its own. */
    boolean biasOfQueries() {
        return biasRowStride > 0;
    }

    /** Sets the gradient of the bias of a head. */
    void biasGradient(AttentionCall call, int item, int head, float[] dBias, int dBiasOffset) {
        call.dBias = dBias;
        call.dBiasOffset = dBiasOffset + item * biasBatchStride + head * biasHeadStride;
        call.dBiasRowStride = biasRowStride;
    }

    /** Says where the gradient of the bias lies: what is shared is there once, and items have room for the longest. */
    void biasGradient(AttentionShape shape, HeadTensor tensor, float[] dBias, int dBiasOffset) {
        if (bias == null) {
            throw new IllegalArgumentException("dBias is set, but the mask has no bias: " + this);
        }
        int keys = shape.longestKeys();
        tensor.set(
                dBias, dBiasOffset, once(shape.batch(), biasBatchStride), once(shape.heads(), biasHeadStride),
                once(shape.longestQueries(), biasRowStride), keys, biasBatchStride, biasHeadStride,
                biasOfQueries() ? biasRowStride : Math.max(1, keys));
    }

    private static int once(int count, int stride) {
        return stride == 0 ? Math.min(1, count) : count;
    }

    /** That there are a length within 0..keys for each item, and a bias for each score. */
    void check(AttentionShape shape, HeadTensor biasTensor) {
        if (lengths != null) {
            if (lengths.length < shape.batch()) {
                throw new IllegalArgumentException(
                        "the mask has " + lengths.length + " key lengths, but the batch has " + shape.batch()
                                + " items");
            }
            for (int b = 0; b < shape.batch(); b++) {
                if (lengths[b] < 0 || lengths[b] > shape.keys(b)) {
                    throw new IllegalArgumentException(
                            "keyLengths[" + b + "] is " + lengths[b] + ", but must be within 0.." + shape.keys(b));
                }
            }
        }
        if (bias != null) {
            checkBias(shape, biasTensor);
        }
    }

    private void checkBias(AttentionShape shape, HeadTensor tensor) {
        if (!shape.ragged()) {
            tensor.set(bias, biasOffset, shape.batch(), shape.heads(), shape.queries(), shape.keys(), biasBatchStride,
                    biasHeadStride, biasRowStride);
            tensor.checkInside();
            return;
        }
        for (int b = 0; b < shape.batch(); b++) {
            long at = biasOffset + (long) b * biasBatchStride;
            tensor.set(bias, (int) Math.min(at, Integer.MAX_VALUE), 1, shape.heads(), shape.queries(b), shape.keys(b),
                    0,
                    biasHeadStride, biasRowStride);
            tensor.checkInside();
        }
        // Items begin alike but are of different sizes: outputs keep away from the whole array.
        tensor.set(bias, 0, 1, 1, 1, bias.length, 0, 0, bias.length);
    }

    @Override
    public String toString() {
        StringBuilder words = new StringBuilder();
        words.append(causal ? "causal " : "");
        words.append(left == UNLIMITED && right == UNLIMITED ? "" : "window " + left + ", " + right + " ");
        words.append(lengths == null ? "" : "key lengths ");
        words.append(bias == null ? "" : "bias ");
        return words.isEmpty() ? "no mask" : words.toString().strip();
    }
}
