package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.Transpose;
import java.util.Arrays;

/**
 * A mean of a sequence's tokens whose weights are learned: {@code y[b] = sum over t of w[b, t] x[b, t]}
 * with {@code w[b] = softmax over t < lengths[b] of q . x[b, t] / sqrt(dim)}, where q is one learned
 * query. A length of zero yields zeros. Padding does not count, whatever it holds.
 */
public final class AttentionPooling {
    /** What the forward pass keeps: the weights. Grown to the largest batch. */
    public static final class Activations {
        private float[] weights = new float[0];
        private float[] dWeights = new float[0];
        private final Held held = new Held();

        /** The input with zeros for padding, where padding would show; else not in use. */
        private float[] zeroPadded = new float[0];

        private boolean usesZeroPadded;

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * The weights of the tokens; zero for padding.
         *
         * @return [batch x seqLen], live
         */
        public float[] weights() {
            return weights;
        }
    }

    private final int dim;
    private final float scale;
    private final Parameter query;

    /**
     * A layer.
     *
     * @param builder takes the parameter {@code name.query}
     * @param name name of the layer
     * @param dim columns of each token
     * @throws IllegalArgumentException if {@code dim} is below 1
     */
    public AttentionPooling(Parameters.Builder builder, String name, int dim) {
        this.dim = Shapes.positive(name + ": dim", dim);
        scale = (float) (1 / Math.sqrt(dim));
        query = builder.add(name + ".query", 1, dim, Initializer.xavier(dim, 1), true);
    }

    /**
     * Pools each sequence.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each, padding included
     * @param lengths tokens of each without padding, [batch]; null if nothing is padded. Not modified
     * @param x [batch * seqLen x dim]; not modified, needed again by {@link #backward}
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
        int tokens = Shapes.size("tokens", batch, seqLen);
        Shapes.dense("x", x, tokens, dim);
        Shapes.dense("y", y, batch, dim);
        Shapes.apart("y", y, "x", x);
        Shapes.lengths(lengths, batch, seqLen);
        kept.held.clear();
        kept.weights = Shapes.grow(kept.weights, tokens);
        float[] w = kept.weights;
        engine.matMul()
                .multiply(
                        Transpose.NO, Transpose.YES, tokens, 1, dim, scale, x, 0, dim,
                        query.values(), query.offset(), dim, 0f, w, 0, 1);
        kept.usesZeroPadded = lengths != null && !finitePadding(batch, seqLen, lengths, w);
        if (kept.usesZeroPadded) {
            zeroPadding(batch, seqLen, lengths, x, kept);
        }
        if (lengths == null) {
            engine.softmax().softmax(batch, seqLen, w, 0, seqLen, w, 0, seqLen);
        } else {
            engine.softmax().softmaxPrefix(batch, seqLen, lengths, 0, w, 0, seqLen, w, 0, seqLen);
        }
        engine.matMul()
                .multiplyBatch(
                        batch, Transpose.NO, Transpose.NO, 1, dim, seqLen, 1f, w, 0, seqLen, seqLen,
                        kept.usesZeroPadded ? kept.zeroPadded : x, 0, dim, seqLen * dim, 0f, y, 0, dim, dim);
        kept.held.set(batch, seqLen);
    }

    /**
     * Whether the padded tokens are finite, which their scores tell: a product with an element that is not finite is not
     * finite. The products of a batch take padded tokens along, at a weight of zero, and zero times NaN is NaN.
     */
    private static boolean finitePadding(int batch, int seqLen, int[] lengths, float[] scores) {
        for (int b = 0; b < batch; b++) {
            for (int t = lengths[b]; t < seqLen; t++) {
                if (!Float.isFinite(scores[b * seqLen + t])) {
                    return false;
                }
            }
        }
        return true;
    }

    private void zeroPadding(int batch, int seqLen, int[] lengths, float[] x, Activations kept) {
        kept.zeroPadded = Shapes.grow(kept.zeroPadded, batch * seqLen * dim);
        for (int b = 0; b < batch; b++) {
            int from = b * seqLen * dim;
            int to = from + lengths[b] * dim;
            System.arraycopy(x, from, kept.zeroPadded, from, to - from);
            Arrays.fill(kept.zeroPadded, to, from + seqLen * dim, 0f);
        }
    }

    /**
     * With {@code dw[b, t] = dY[b] . x[b, t]} and ds the gradient before the softmax:
     * {@code dX[b, t] = w[b, t] dY[b] + ds[b, t] q / sqrt(dim)}, and {@code dq += sum of ds[b, t] x[b, t] /
     * sqrt(dim)}.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each, padding included
     * @param x [batch * seqLen x dim], the input of the forward pass; not modified
     * @param dY [batch x dim]; not modified
     * @param dX [batch * seqLen x dim], another array than x, dY and the weights; written
     * @param write whether dX is overwritten or added to
     * @param kept what the forward pass kept
     * @throws IllegalArgumentException if an array is too small, dX is one that is still read, or the batch has other sizes
     *     than in the forward pass; nothing is written then
     * @throws IllegalStateException if there has been no forward pass
     */
    public void backward(
            Engine engine,
            int batch,
            int seqLen,
            float[] x,
            float[] dY,
            float[] dX,
            Write write,
            Activations kept) {
        kept.held.check(batch, seqLen);
        int tokens = Shapes.size("tokens", batch, seqLen);
        Shapes.dense("x", x, tokens, dim);
        Shapes.dense("dY", dY, batch, dim);
        Shapes.dense("dX", dX, tokens, dim);
        Shapes.apart("dX", dX, "x", x);
        Shapes.apart("dX", dX, "dY", dY);
        Shapes.apart("dX", dX, "weights", kept.weights);
        kept.dWeights = Shapes.grow(kept.dWeights, tokens);
        float[] w = kept.weights;
        float[] ds = kept.dWeights;
        float[] counted = kept.usesZeroPadded ? kept.zeroPadded : x;
        engine.matMul()
                .multiplyBatch(
                        batch, Transpose.NO, Transpose.YES, 1, seqLen, dim, 1f, dY, 0, dim, dim, counted,
                        0, dim, seqLen * dim, 0f, ds, 0, seqLen, seqLen);
        for (int i = 0; i < tokens; i++) {
            // The gradient of a weight may overflow in padding that is finite; behind the softmax it counts w times, not at all.
            if (w[i] == 0 && !Float.isFinite(ds[i])) {
                ds[i] = 0;
            }
        }
        engine.softmax()
                .softmaxBackward(batch, seqLen, w, 0, seqLen, ds, 0, seqLen, ds, 0, seqLen);
        engine.matMul()
                .multiplyBatch(
                        batch, Transpose.YES, Transpose.NO, seqLen, dim, 1, 1f, w, 0, seqLen, seqLen,
                        dY, 0, dim, dim, write.beta(), dX, 0, dim, seqLen * dim);
        engine.matMul()
                .multiply(
                        Transpose.NO, Transpose.NO, tokens, dim, 1, scale, ds, 0, 1, query.values(),
                        query.offset(), dim, 1f, dX, 0, dim);
        engine.matMul()
                .multiply(
                        Transpose.NO, Transpose.NO, 1, dim, tokens, scale, ds, 0, tokens, counted, 0, dim,
                        1f, query.gradients(), query.offset(), dim);
    }
}
