package dev.lanewise.nn;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionShape;
import java.util.Arrays;

/**
 * Shapes and masks of the attention in each group of a batch's sequences, and the positions of its tokens, kept from call to
 * call: a batch of the same sizes allocates nothing, nor does a ragged one once there is room for its groups.
 */
final class AttentionGroups {
    private AttentionLayout layout;
    private TokenGroups groups = new TokenGroups();

    /** What the shapes of groups of equal sequences were made for, and the shapes. */
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

    /**
     * In a ragged batch, the first row of each sequence of a group, counted from that of the group, and the end of the last.
     * There is room for more sequences, which are empty: so one shape serves groups of any number of sequences.
     */
    private int[][] starts = {};

    private AttentionShape[] raggedShapes = {};

    /** Position of each token in its sequence; without rotary positions empty. */
    private int[] positions = {};

    /** Describes a batch; the lengths are read again at each call where there is one group, and copied where there are more. */
    void describe(AttentionLayout attention, TokenGroups cut, int[] batchLengths) {
        if (layout != attention) {
            layout = attention;
            batch = -1;
            masks = new AttentionMask[0];
            raggedShapes = new AttentionShape[0];
            common = attention.mask();
        }
        groups = cut;
        if (cut.ragged()) {
            describeRagged();
        } else {
            describeEqual(batchLengths);
        }
        if (layout.rotary() != null) {
            describePositions();
        }
    }

    private void describeEqual(int[] batchLengths) {
        int sequences = groups.count() == 0 ? 0 : groups.sequences(0);
        if (batch != groups.batch() || seqLen != groups.longest() || perGroup != sequences) {
            batch = groups.batch();
            seqLen = groups.longest();
            perGroup = sequences;
            whole = layout.shape(perGroup, seqLen);
            last = layout.shape(groups.count() == 0 ? 0 : groups.sequences(groups.count() - 1), seqLen);
        }
        padded = batchLengths != null && groups.count() > 1;
        if (padded) {
            describeMasks(batchLengths);
        } else if (common.lengths() != batchLengths) {
            common = batchLengths == null ? layout.mask() : layout.mask().withKeyLengths(batchLengths);
        }
    }

    private void describeMasks(int[] batchLengths) {
        int count = groups.count();
        if (masks.length < count || lengths[0].length != perGroup) {
            masks = new AttentionMask[count];
            lengths = new int[count][perGroup];
            Arrays.setAll(masks, group -> layout.mask().withKeyLengths(lengths[group]));
        }
        for (int group = 0; group < count; group++) {
            System.arraycopy(batchLengths, groups.firstSequence(group), lengths[group], 0, groups.sequences(group));
        }
    }

    private void describeRagged() {
        int count = groups.count();
        if (raggedShapes.length < count) {
            starts = Arrays.copyOf(starts, 2 * count);
            raggedShapes = Arrays.copyOf(raggedShapes, 2 * count);
        }
        for (int group = 0; group < count; group++) {
            int sequences = groups.sequences(group);
            if (raggedShapes[group] == null || raggedShapes[group].batch() < sequences) {
                int room = Math.max(4, 2 * Integer.highestOneBit(sequences));
                starts[group] = new int[room + 1];
                raggedShapes[group] = layout.ragged(room, starts[group]);
            }
            int[] rows = starts[group];
            int first = groups.firstSequence(group);
            for (int s = 0; s <= sequences; s++) {
                rows[s] = groups.start(first + s) - groups.start(first);
            }
            Arrays.fill(rows, sequences + 1, rows.length, rows[sequences]);
        }
    }

    private void describePositions() {
        positions = Shapes.grow(positions, groups.tokens());
        for (int b = 0; b < groups.batch(); b++) {
            int start = groups.start(b);
            int end = groups.start(b + 1);
            for (int row = start; row < end; row++) {
                positions[row] = row - start;
            }
        }
    }

    /** How the batch is cut. */
    TokenGroups groups() {
        return groups;
    }

    /** The shape of a group's attention. */
    AttentionShape shapeOf(int group) {
        if (groups.ragged()) {
            return raggedShapes[group];
        }
        return group == groups.count() - 1 ? last : whole;
    }

    /** The mask of a group's attention. */
    AttentionMask mask(int group) {
        if (groups.ragged()) {
            return layout.mask();
        }
        return padded ? masks[group] : common;
    }

    /** Position of each token of the batch in its sequence, live. */
    int[] positions() {
        return positions;
    }
}
