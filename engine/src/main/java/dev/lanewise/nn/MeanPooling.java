package dev.lanewise.nn;

import dev.lanewise.Engine;

/**
 * The mean of a sequence's tokens, padding left out: {@code y[b] = sum over t < lengths[b] of x[b, t] /
 * lengths[b]}. A length of zero yields zeros. It has no parameters.
 */
public final class MeanPooling {
    private final int dim;

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
     * @param lengths tokens of each without padding, [batch]; not modified
     * @param x [batch * seqLen x dim]; not modified
     * @param y [batch x dim], another array than x; overwritten
     * @throws IllegalArgumentException if an array is too small, a length is out of range, or y is x
     */
    public void forward(
            Engine engine, int batch, int seqLen, int[] lengths, float[] x, float[] y) {
        check(batch, seqLen, lengths, x, y);
        engine.embedding().meanPool(batch, seqLen, dim, lengths, 0, x, 0, y, 0);
    }

    /**
     * {@code dX[b, t] = dY[b] / lengths[b]} for the tokens within the length, and zero for the others.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each, padding included
     * @param lengths tokens of each without padding, [batch]; not modified
     * @param dY [batch x dim]; not modified
     * @param dX [batch * seqLen x dim], another array than dY; overwritten
     * @throws IllegalArgumentException if an array is too small, a length is out of range, or dX is dY
     */
    public void backward(
            Engine engine, int batch, int seqLen, int[] lengths, float[] dY, float[] dX) {
        check(batch, seqLen, lengths, dX, dY);
        engine.embedding().meanPoolBackward(batch, seqLen, dim, lengths, 0, dY, 0, dX, 0);
    }

    private void check(int batch, int seqLen, int[] lengths, float[] tokens, float[] pooled) {
        Shapes.dense("tokens", tokens, Shapes.size("tokens", batch, seqLen), dim);
        Shapes.dense("pooled", pooled, batch, dim);
        Shapes.lengths(lengths, batch, seqLen);
    }
}
