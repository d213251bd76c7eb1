package dev.lanewise.nn;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionShape;
import dev.lanewise.RotaryTable;

/**
 * Where queries, keys and values of a token lie in a row of the fused projection, {@code [Q K V]}: Q has the heads of the
 * model side by side, K and V those of keys and values.
 */
final class AttentionLayout {
    private final AttentionConfig config;
    private final int modelDim;
    private final int headDim;
    private final AttentionMask mask;

    AttentionLayout(int modelDim, AttentionConfig config) {
        this.config = config;
        this.modelDim = modelDim;
        headDim = config.headDim(modelDim);
        Shapes.size("columns of the fused projection", 1, modelDim + 2L * config.keyValueHeads() * headDim);
        mask = config.mask();
    }

    AttentionConfig config() {
        return config;
    }

    /** Columns of keys, and as many of values. */
    int keyDim() {
        return config.keyValueHeads() * headDim;
    }

    /** First column of the keys. */
    int keysAt() {
        return modelDim;
    }

    /** First column of the values. */
    int valuesAt() {
        return modelDim + keyDim();
    }

    /** Columns of a row. */
    int cols() {
        return modelDim + 2 * keyDim();
    }

    /** Heads that are turned by their position, queries and keys, which lie side by side. */
    int turnedHeads() {
        return config.heads() + config.keyValueHeads();
    }

    /** The angles by which they are turned; null for none. */
    RotaryTable rotary() {
        return config.rotary();
    }

    /** What is seen where nothing is padded. */
    AttentionMask mask() {
        return mask;
    }

    /** So many sequences of one length. */
    AttentionShape shape(int sequences, int seqLen) {
        return AttentionShape.interleaved(
                sequences, config.heads(), config.keyValueHeads(), seqLen, seqLen, headDim, cols(), cols(), cols(),
                modelDim);
    }

    /** Sequences end to end; see {@link AttentionShape#ragged}. */
    AttentionShape ragged(int sequences, int[] starts) {
        return AttentionShape.ragged(
                sequences, config.heads(), config.keyValueHeads(), headDim, starts, starts, cols(), cols(), cols(),
                modelDim);
    }
}
