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
    private static final int ANY = -1;
    private static final AttentionMask NONE = new AttentionMask(false, null);
    private static final AttentionMask CAUSAL = new AttentionMask(true, null);

    private final boolean causal;
    private final int[] lengths;
    private final int left;
    private final int right;
    private final Bias bias;

    /** Where a bias lies; rows and cols are those of the matrix that it was given as, else {@link #ANY}. */
    private record Bias(
            float[] data, int offset, int batchStride, int headStride, int rowStride, int rows, int cols) {}

    /**
     * A mask of a triangle and lengths, either of which may be missing.
     *
     * @param isCausal whether a query sees no key after its own position
     * @param lengths keys that count, from the first, one number for each item of the batch (further ones are not read), or
     *     null where all count; not copied, so that one array may serve many batches
     */
    public AttentionMask(boolean isCausal, int[] lengths) {
        this(isCausal, lengths, UNLIMITED, UNLIMITED, null);
    }

    private AttentionMask(boolean causal, int[] lengths, int left, int right, Bias bias) {
        this.causal = causal;
        this.lengths = lengths;
        this.left = left;
        this.right = right;
        this.bias = bias;
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
     * One bias for all items and heads. A call whose shape it does not fit is refused.
     *
     * @param bias [queries x keys]; for a ragged batch at least as many of each as the longest item has; not modified and
     *     not copied
     * @return the mask
     */
    public static AttentionMask bias(Matrix bias) {
        return NONE.withBias(
                new Bias(bias.data(), bias.offset(), 0, 0, bias.stride(), bias.rows(), bias.cols()));
    }

    /**
     * This mask, and no key after a query's own position.
     *
     * @return a new mask
     */
    public AttentionMask withCausal() {
        return new AttentionMask(true, lengths, left, right, bias);
    }

    /**
     * This mask with other key lengths.
     *
     * @param newLengths keys that count, one number for each item of the batch, or null where all count; not copied
     * @return a new mask
     */
    public AttentionMask withKeyLengths(int[] newLengths) {
        return new AttentionMask(causal, newLengths, left, right, bias);
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
        return new AttentionMask(causal, lengths, newLeft, newRight, bias);
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
        return withBias(new Bias(newBias, offset, batchStride, headStride, rowStride, ANY, ANY));
    }

    private AttentionMask withBias(Bias newBias) {
        return new AttentionMask(causal, lengths, left, right, newBias);
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
        if (bias == null) {
            call.bias = null;
            return;
        }
        call.bias = bias.data;
        call.biasOffset = bias.offset + item * bias.batchStride + head * bias.headStride;
        call.biasRowStride = bias.rowStride;
    }

    boolean hasBias() {
        return bias != null;
    }

    /** Whether there is a bias, and each item has one of its own. */
    boolean biasOfItems() {
        return bias != null && bias.batchStride > 0;
    }

    /** Whether there is a bias, and each head has one of its own. */
    boolean biasOfHeads() {
        return bias != null && bias.headStride > 0;
    }

    /** Whether there is a bias, and each query has one of its own. */
    boolean biasOfQueries() {
        return bias != null && bias.rowStride > 0;
    }

    /** Sets the gradient of the bias of a head; there is one. */
    void biasGradient(AttentionCall call, int item, int head, float[] dBias, int dBiasOffset) {
        call.dBias = dBias;
        call.dBiasOffset = dBiasOffset + item * bias.batchStride + head * bias.headStride;
        call.dBiasRowStride = bias.rowStride;
    }

    /** Says where the gradient of the bias lies: what is shared is there once, and items have room for the longest. */
    void biasGradient(AttentionShape shape, HeadTensor tensor, float[] dBias, int dBiasOffset) {
        if (bias == null) {
            throw new IllegalArgumentException("dBias is set, but the mask has no bias: " + this);
        }
        int keys = shape.longestKeys();
        tensor.set(
                dBias, dBiasOffset, once(shape.batch(), bias.batchStride), once(shape.heads(), bias.headStride),
                once(shape.longestQueries(), bias.rowStride), keys, bias.batchStride, bias.headStride,
                biasOfQueries() ? bias.rowStride : Math.max(1, keys));
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
        checkMatrix(shape);
        float[] data = bias.data;
        if (!shape.ragged()) {
            tensor.set(
                    data, bias.offset, shape.batch(), shape.heads(), shape.queries(), shape.keys(), bias.batchStride,
                    bias.headStride, bias.rowStride);
            tensor.checkInside();
            return;
        }
        for (int b = 0; b < shape.batch(); b++) {
            long at = bias.offset + (long) b * bias.batchStride;
            tensor.set(
                    data, (int) Math.min(at, Integer.MAX_VALUE), 1, shape.heads(), shape.queries(b), shape.keys(b), 0,
                    bias.headStride, bias.rowStride);
            tensor.checkInside();
        }
        // Items begin alike but are of different sizes: outputs keep away from the whole array.
        tensor.set(data, 0, 1, 1, 1, data.length, 0, 0, data.length);
    }

    /** A bias that was given as a matrix has a shape: that of the scores, in a ragged batch with room for the longest item. */
    private void checkMatrix(AttentionShape shape) {
        if (bias.cols == ANY) {
            return;
        }
        int queries = shape.longestQueries();
        int keys = shape.longestKeys();
        boolean fits = shape.ragged() ? bias.rows >= queries && bias.cols >= keys
                : bias.rows == queries && bias.cols == keys;
        if (!fits) {
            throw new IllegalArgumentException(
                    "shapes do not fit: bias [" + bias.rows + " x " + bias.cols + "], but attention of " + queries
                            + " queries and " + keys + " keys" + (shape.ragged() ? ", the longest item's," : "")
                            + " needs " + (shape.ragged() ? "at least " : "") + "[" + queries + " x " + keys + "]");
        }
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
