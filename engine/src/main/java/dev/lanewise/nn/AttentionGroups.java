package dev.lanewise.nn;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionShape;
import java.util.Arrays;

/**
 * Shapes and masks of the attention in each group of a batch's sequences, and the positions of its tokens, kept from call to
 * call: a batch of the same sizes allocates nothing.
 */
final class AttentionGroups {
    private AttentionLayout layout;
    private int batch = -1;
    private int seqLen;
    private int perGroup;
    private AttentionShape whole;
    private AttentionShape last;
    private AttentionMask common = AttentionMask.none();

    /** With several groups and lengths, each has a mask over lengths of its own, copied from those of the batch. */
    private AttentionMask[] masks = {};

    private int[][] lengths = {};
    private boolean padded;

    /** Position of each token in its sequence; without rotary positions empty. */
    private int[] positions = {};

    /** Describes a batch; the lengths are read again at each call where there is one group, and copied where there are more. */
    void describe(
            AttentionLayout attention, int sequences, int tokens, int[] batchLengths, int sequencesPerGroup) {
        if (layout != attention) {
            layout = attention;
            batch = -1;
            masks = new AttentionMask[0];
            common = attention.mask();
        }
        if (batch != sequences || seqLen != tokens || perGroup != sequencesPerGroup) {
            batch = sequences;
            seqLen = tokens;
            perGroup = sequencesPerGroup;
            whole = layout.shape(Math.min(batch, perGroup), seqLen);
            last = layout.shape(batch - Math.max(0, count() - 1) * perGroup, seqLen);
            describePositions();
        }
        padded = batchLengths != null && count() > 1;
        if (padded) {
            describeMasks(batchLengths);
        } else if (common.lengths() != batchLengths) {
            common = batchLengths == null ? layout.mask() : layout.mask().withKeyLengths(batchLengths);
        }
    }

    private void describePositions() {
        if (layout.rotary() == null) {
            return;
        }
        positions = Shapes.grow(positions, tokens());
        for (int row = 0; row < tokens(); row++) {
            positions[row] = row % seqLen;
        }
    }

    private void describeMasks(int[] batchLengths) {
        int count = count();
        if (masks.length < count || lengths[0].length != perGroup) {
            masks = new AttentionMask[count];
            lengths = new int[count][perGroup];
            Arrays.setAll(masks, group -> layout.mask().withKeyLengths(lengths[group]));
        }
        for (int group = 0; group < count; group++) {
            System.arraycopy(batchLengths, group * perGroup, lengths[group], 0, sequences(group));
        }
    }

    /** The number of groups. */
    int count() {
        return (batch + perGroup - 1) / perGroup;
    }

    /** Tokens of the whole batch. */
    int tokens() {
        return batch * seqLen;
    }

    /** Sequences of a group. */
    int sequences(int group) {
        return Math.min(perGroup, batch - group * perGroup);
    }

    /** Number of a group's first token in the batch. */
    int firstRow(int group) {
        return group * perGroup * seqLen;
    }

    /** Tokens of a group. */
    int rows(int group) {
        return sequences(group) * seqLen;
    }

    /** The shape of a group's attention. */
    AttentionShape shapeOf(int group) {
        return group == count() - 1 ? last : whole;
    }

    /** The mask of a group's attention. */
    AttentionMask mask(int group) {
        return padded ? masks[group] : common;
    }

    /** Position of each token of the batch in its sequence, live. */
    int[] positions() {
        return positions;
    }
}
