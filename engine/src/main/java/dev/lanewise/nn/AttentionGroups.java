package dev.lanewise.nn;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionShape;
import java.util.Arrays;

/**
 * Shapes and masks of the attention in each group of a batch's sequences, kept from call to call: a batch of the same sizes
 * allocates nothing.
 */
final class AttentionGroups {
    private int batch = -1;
    private int seqLen;
    private int heads;
    private int modelDim;
    private int perGroup;
    private AttentionShape whole;
    private AttentionShape last;
    private AttentionMask common = AttentionMask.none();

    /** With several groups and lengths, each has a mask over lengths of its own, copied from those of the batch. */
    private AttentionMask[] masks = {};

    private int[][] lengths = {};
    private boolean masksAreCausal;
    private boolean padded;

    /** Describes a batch; the lengths are read again at each call where there is one group, and copied where there are more. */
    void describe(
            int sequences, int tokens, int headCount, int dim, boolean causal, int[] batchLengths,
            int sequencesPerGroup) {
        boolean same = batch == sequences && seqLen == tokens && heads == headCount && modelDim == dim
                && perGroup == sequencesPerGroup;
        if (!same) {
            batch = sequences;
            seqLen = tokens;
            heads = headCount;
            modelDim = dim;
            perGroup = sequencesPerGroup;
            whole = shape(Math.min(batch, perGroup));
            last = shape(batch - Math.max(0, count() - 1) * perGroup);
        }
        padded = batchLengths != null && count() > 1;
        if (padded) {
            describeMasks(causal, batchLengths);
        } else if (batchLengths == null) {
            common = causal ? AttentionMask.causal() : AttentionMask.none();
        } else if (common.lengths() != batchLengths || common.isCausal() != causal) {
            common = mask(causal, batchLengths);
        }
    }

    private void describeMasks(boolean causal, int[] batchLengths) {
        int count = count();
        if (masks.length < count || masksAreCausal != causal || lengths[0].length != perGroup) {
            masks = new AttentionMask[count];
            lengths = new int[count][perGroup];
            masksAreCausal = causal;
            Arrays.setAll(masks, group -> mask(causal, lengths[group]));
        }
        for (int group = 0; group < count; group++) {
            System.arraycopy(batchLengths, group * perGroup, lengths[group], 0, sequences(group));
        }
    }

    private static AttentionMask mask(boolean causal, int[] lengths) {
        return causal ? AttentionMask.causalKeyLengths(lengths) : AttentionMask.keyLengths(lengths);
    }

    private AttentionShape shape(int sequences) {
        return AttentionShape.interleaved(
                sequences, heads, seqLen, seqLen, modelDim / heads, 3 * modelDim, 3 * modelDim, 3 * modelDim, modelDim);
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

    /** The shape of a group's attention. */
    AttentionShape shapeOf(int group) {
        return group == count() - 1 ? last : whole;
    }

    /** The mask of a group's attention. */
    AttentionMask mask(int group) {
        return padded ? masks[group] : common;
    }
}
