package dev.lanewise.nn;

import dev.lanewise.AttentionMask;
import dev.lanewise.RotaryTable;

/**
 * What a token's attention sees, and through how many heads. Made from {@link #of} and the methods {@code with...}:
 *
 * <pre>{@code
 * RotaryTable rotary = new RotaryTable(RotaryTable.Layout.HALVES, longest, modelDim / 8);
 * AttentionConfig config = AttentionConfig.of(8).withKeyValueHeads(2).withCausal(true).withRotary(rotary);
 * }</pre>
 *
 * <p>Sources: shared heads: Ainslie and others, GQA, 2023 (2305.13245); the window: Beltagy and others, Longformer, 2020
 * (2004.05150); rotary positions: Su and others, RoFormer, 2021 (2104.09864).
 *
 * @param heads heads of the queries
 * @param keyValueHeads heads of keys and values, a divisor of {@code heads}: query head h reads head
 *     {@code h / (heads / keyValueHeads)}
 * @param causal whether a token sees only itself and those before it
 * @param left tokens before itself that a token sees, -1 for all
 * @param right tokens after itself that a token sees, -1 for all
 * @param rotary turns queries and keys by angles of their positions, counted from 0 in each sequence; null for none. Its
 *     headDim is that of the heads, and it has a position for each token of the longest sequence. Not copied: blocks share
 *     it
 */
public record AttentionConfig(
        int heads, int keyValueHeads, boolean causal, int left, int right, RotaryTable rotary) {
    private static final int ALL = -1;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a number of heads is below 1, {@code keyValueHeads} does not divide {@code heads},
     *     or a side of the window is below -1
     */
    public AttentionConfig {
        Shapes.positive("heads", heads);
        Shapes.positive("keyValueHeads", keyValueHeads);
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    "keyValueHeads must divide heads, but " + keyValueHeads + " does not divide " + heads);
        }
        if (left < ALL || right < ALL) {
            throw new IllegalArgumentException(
                    "a window has a number of tokens on each side, or -1 for all, but was given " + left + " and "
                            + right);
        }
    }

    /**
     * Every token sees every other; keys and values have as many heads as queries; no positions.
     *
     * @param heads number of heads
     * @return the configuration
     * @throws IllegalArgumentException if {@code heads} is below 1
     */
    public static AttentionConfig of(int heads) {
        return new AttentionConfig(heads, heads, false, ALL, ALL, null);
    }

    /**
     * This configuration with another number of heads of keys and values. Fewer than those of the queries make the
     * projection smaller and, in a decoder, the cache; 1 is multi-query attention.
     *
     * @param number heads of keys and values
     * @return a copy
     * @throws IllegalArgumentException if {@code number} is below 1 or does not divide the heads
     */
    public AttentionConfig withKeyValueHeads(int number) {
        return new AttentionConfig(heads, number, causal, left, right, rotary);
    }

    /**
     * This configuration, causal or not.
     *
     * @param isCausal whether a token sees only itself and those before it
     * @return a copy
     */
    public AttentionConfig withCausal(boolean isCausal) {
        return new AttentionConfig(heads, keyValueHeads, isCausal, left, right, rotary);
    }

    /**
     * This configuration with a sliding window. Tokens outside it take no time.
     *
     * @param before tokens before itself that a token sees, -1 for all
     * @param after tokens after itself that a token sees, -1 for all
     * @return a copy
     * @throws IllegalArgumentException if a number is below -1
     */
    public AttentionConfig withWindow(int before, int after) {
        return new AttentionConfig(heads, keyValueHeads, causal, before, after, rotary);
    }

    /**
     * This configuration with rotary positions.
     *
     * @param table cosines and sines for heads of the model's size; null for none
     * @return a copy
     */
    public AttentionConfig withRotary(RotaryTable table) {
        return new AttentionConfig(heads, keyValueHeads, causal, left, right, table);
    }

    /** The size of a head in a model of so many columns, once all fits. */
    int headDim(int modelDim) {
        int headDim = modelDim / Shapes.heads(modelDim, heads);
        if (rotary != null && rotary.headDim() != headDim) {
            throw new IllegalArgumentException(
                    "the rotary table is made for heads of " + rotary.headDim() + " elements, but modelDim " + modelDim
                            + " has " + heads + " heads of " + headDim);
        }
        return headDim;
    }

    /** That the rotary table has a position for each token of a sequence. */
    void checkPositions(int seqLen) {
        if (rotary != null && seqLen > rotary.positions()) {
            throw new IllegalArgumentException(
                    "a sequence of " + seqLen + " tokens has more than the " + rotary.positions()
                            + " positions of the rotary table; make a longer one");
        }
    }

    /** What is seen where nothing is padded. */
    AttentionMask mask() {
        AttentionMask mask = causal ? AttentionMask.causal() : AttentionMask.none();
        return left == ALL && right == ALL ? mask : mask.withWindow(left, right);
    }
}
