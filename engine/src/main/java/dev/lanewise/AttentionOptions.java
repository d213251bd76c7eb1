package dev.lanewise;

import java.util.Objects;

/**
 * What an attention does besides weighing values: its mask, the factor of its scores and the dropout of its weights. Forward
 * and backward pass need the same options. Set up once and used for many calls; to change it between calls, as the seed of
 * the dropout in each step of a training, allocates nothing.
 *
 * <pre>{@code
 * AttentionOptions options = new AttentionOptions().mask(AttentionMask.causal()).dropout(0.1f, step);
 * }</pre>
 */
public final class AttentionOptions {
    private AttentionMask mask = AttentionMask.none();
    private boolean ownScale;
    private float scale;
    private float dropout;
    private long seed;

    /** No mask, a scale of {@code 1 / sqrt(headDim)}, no dropout. */
    public AttentionOptions() {}

    /**
     * Sets which keys a query sees.
     *
     * @param newMask the mask
     * @return this
     * @throws NullPointerException if {@code newMask} is null
     */
    public AttentionOptions mask(AttentionMask newMask) {
        mask = Objects.requireNonNull(newMask, "newMask");
        return this;
    }

    /**
     * Sets the factor of the inner products of queries and keys.
     *
     * @param newScale any number
     * @return this
     */
    public AttentionOptions scale(float newScale) {
        ownScale = true;
        scale = newScale;
        return this;
    }

    /**
     * Returns to a scale of {@code 1 / sqrt(headDim)}.
     *
     * @return this
     */
    public AttentionOptions defaultScale() {
        ownScale = false;
        return this;
    }

    /**
     * Drops weights after the softmax: each becomes 0 with the given probability, and is divided by
     * {@code 1 - probability} otherwise. The decision is a hash of the seed and of the weight's number, so that it is the
     * same in forward and backward pass and for any number of threads. Weights are numbered through the batch, item by
     * item, head by head, query by query, key by key: those of equal lengths in a ragged batch as those of a batch of that
     * size. The logSumExp knows nothing of dropout.
     *
     * @param probability chance of a weight to be dropped, within 0..1; 0 for no dropout
     * @param newSeed seed; another one for each layer and step
     * @return this
     * @throws IllegalArgumentException if the probability is not within 0..1
     */
    public AttentionOptions dropout(float probability, long newSeed) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("dropout must be within 0..1, but is " + probability);
        }
        dropout = probability;
        seed = newSeed;
        return this;
    }

    /**
     * The mask.
     *
     * @return which keys a query sees
     */
    public AttentionMask mask() {
        return mask;
    }

    /**
     * The factor of the inner products.
     *
     * @param headDim elements of a head
     * @return the scale that was set, or {@code 1 / sqrt(headDim)}
     */
    public float scale(int headDim) {
        return ownScale ? scale : (float) (1 / Math.sqrt(Math.max(1, headDim)));
    }

    /**
     * The dropout of the weights.
     *
     * @return chance of a weight to be dropped
     */
    public float dropout() {
        return dropout;
    }

    /**
     * The seed of the dropout.
     *
     * @return the seed
     */
    public long dropoutSeed() {
        return seed;
    }
}
