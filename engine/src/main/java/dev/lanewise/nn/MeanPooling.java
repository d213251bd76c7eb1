package dev.lanewise.nn;

import dev.lanewise.Engine;
import java.util.Arrays;

/**
 * The mean of a sequence's tokens, padding left out: {@code y[b] = sum over t < lengths[b] of x[b, t] /
 * lengths[b]}. A length of zero yields zeros. It has no parameters.
 */
public final class MeanPooling {
    private final int dim;

    /** Lengths of sequences without padding, for a caller who gives none; replaced, never changed, once they are here. */
    private volatile int[] whole = new int[0];

    /**
     * A layer.
     *
     * @param dim columns of each token
     * @throws IllegalArgumentException if {@code dim} is below 1
     */
    public MeanPooling(int dim) {
        this.dim = Shapes.positive("dim", dim);
    }

    /**
     * Pools each sequence.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each, padding included
     * @param lengths tokens of each without padding, [batch]; null if nothing is padded. Not modified
     * @param x [batch * seqLen x dim]; not modified
     * @param y [batch x dim], another array than x; overwritten
     * @throws IllegalArgumentException if an array is too small, a length is out of range, or y is x
     */
    public void forward(
            Engine engine, int batch, int seqLen, int[] lengths, float[] x, float[] y) {
        check(batch, seqLen, lengths, x, y);
        engine.embedding().meanPool(batch, seqLen, dim, orWhole(lengths, batch, seqLen), 0, x, 0, y, 0);
    }

    /**
     * {@code dX[b, t] = dY[b] / lengths[b]} for the tokens within the length, and zero for the others.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each, padding included
     * @param lengths tokens of each without padding, [batch]; null if nothing is padded. Not modified
     * @param dY [batch x dim]; not modified
     * @param dX [batch * seqLen x dim], another array than dY; overwritten
     * @throws IllegalArgumentException if an array is too small, a length is out of range, or dX is dY
     */
    public void backward(
            Engine engine, int batch, int seqLen, int[] lengths, float[] dY, float[] dX) {
        check(batch, seqLen, lengths, dX, dY);
        engine.embedding().meanPoolBackward(
                batch, seqLen, dim, orWhole(lengths, batch, seqLen), 0, dY, 0, dX, 0);
    }

    private int[] orWhole(int[] lengths, int batch, int seqLen) {
        if (lengths != null) {
            return lengths;
        }
        int[] known = whole;
        if (known.length < batch || (batch > 0 && known[0] != seqLen)) {
            known = new int[batch];
            Arrays.fill(known, seqLen);
            // Two threads may both get here: each takes what it made, and either will do for the next call.
            whole = known;
        }
        return known;
    }

    private void check(int batch, int seqLen, int[] lengths, float[] tokens, float[] pooled) {
        Shapes.dense("tokens", tokens, Shapes.size("tokens", batch, seqLen), dim);
        Shapes.dense("pooled", pooled, batch, dim);
        Shapes.lengths(lengths, batch, seqLen);
    }
}
