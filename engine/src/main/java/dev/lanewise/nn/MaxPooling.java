package dev.lanewise.nn;

import dev.lanewise.Engine;
import java.util.Arrays;

/**
 * The largest value of each column over a sequence's tokens, padding left out: {@code y[b, c] = max over
 * t < lengths[b] of x[b, t, c]}. Of equal values the first counts; NaN wins over all. A length of zero
 * yields zeros. It has no parameters.
 */
public final class MaxPooling {
    /** What the forward pass keeps: the token each maximum came from. Grown to the largest batch. */
    public static final class Activations {
        private int[] tokens = new int[0];
        private final Held held = new Held();

        /** Nothing kept yet. */
        public Activations() {}
    }

    private static final int NONE = -1;

    private final int dim;

    /**
     * A layer.
     *
     * @param dim columns of each token
     * @throws IllegalArgumentException if {@code dim} is below 1
     */
    public MaxPooling(int dim) {
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
     * @param kept receives what {@link #backward} needs
     * @throws IllegalArgumentException if an array is too small, a length is out of range, or y is x
     */
    public void forward(
            Engine engine,
            int batch,
            int seqLen,
            int[] lengths,
            float[] x,
            float[] y,
            Activations kept) {
        Shapes.dense("x", x, Shapes.size("tokens", batch, seqLen), dim);
        Shapes.dense("y", y, batch, dim);
        Shapes.apart("y", y, "x", x);
        Shapes.lengths(lengths, batch, seqLen);
        kept.held.clear();
        kept.tokens = Shapes.grow(kept.tokens, batch * dim);
        int[] tokens = kept.tokens;
        engine.workers()
                .run(
                        batch,
                        b -> poolSequence(b, seqLen, lengths == null ? seqLen : lengths[b], x, y, tokens));
        kept.held.set(batch, seqLen);
    }

    private void poolSequence(
            int b, int seqLen, int length, float[] x, float[] y, int[] tokens) {
        int out = b * dim;
        if (length == 0) {
            Arrays.fill(y, out, out + dim, 0f);
            Arrays.fill(tokens, out, out + dim, NONE);
            return;
        }
        System.arraycopy(x, b * seqLen * dim, y, out, dim);
        Arrays.fill(tokens, out, out + dim, 0);
        for (int t = 1; t < length; t++) {
            int row = (b * seqLen + t) * dim;
            for (int c = 0; c < dim; c++) {
                float value = x[row + c];
                float best = y[out + c];
                // Written so that a NaN replaces a number and is replaced by nothing.
                if (value > best || (value != value && best == best)) {
                    y[out + c] = value;
                    tokens[out + c] = t;
                }
            }
        }
    }

    /**
     * Gives the gradient of each maximum to the token it came from.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each, padding included
     * @param dY [batch x dim]; not modified
     * @param dX [batch * seqLen x dim], another array than dY; written
     * @param write whether dX is overwritten or added to
     * @param kept what the forward pass kept; not modified
     * @throws IllegalArgumentException if an array is too small, dX is dY, or the batch has other sizes than in the forward
     *     pass; nothing is written then
     * @throws IllegalStateException if there has been no forward pass
     */
    public void backward(
            Engine engine,
            int batch,
            int seqLen,
            float[] dY,
            float[] dX,
            Write write,
            Activations kept) {
        kept.held.check(batch, seqLen);
        Shapes.dense("dY", dY, batch, dim);
        Shapes.dense("dX", dX, Shapes.size("tokens", batch, seqLen), dim);
        Shapes.apart("dX", dX, "dY", dY);
        if (write == Write.OVERWRITE) {
            Arrays.fill(dX, 0, batch * seqLen * dim, 0f);
        }
        for (int i = 0; i < batch * dim; i++) {
            if (kept.tokens[i] != NONE) {
                dX[(i / dim * seqLen + kept.tokens[i]) * dim + i % dim] += dY[i];
            }
        }
    }
}
