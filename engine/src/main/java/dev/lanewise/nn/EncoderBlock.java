package dev.lanewise.nn;

import dev.lanewise.Engine;

/**
 * One pre-norm transformer block: {@code mid = x + dropout(attention(norm1(x)))}, then
 * {@code y = mid + dropout(feedForward(norm2(mid)))}. Sources: Vaswani and others, Attention Is All
 * You Need, 2017 (1706.03762); pre-norm: Xiong and others, 2020 (2002.04745).
 *
 * <p>A token is a row: arrays are [batch * seqLen x modelDim], dense from index 0, sequence after
 * sequence.
 */
public final class EncoderBlock {
    /** What the forward pass keeps, and its output. Grown to the largest batch, then reused. */
    public static final class Activations {
        private final LayerNorm.Activations norm1 = new LayerNorm.Activations();
        private final LayerNorm.Activations norm2 = new LayerNorm.Activations();
        private final MultiHeadAttention.Activations attention = new MultiHeadAttention.Activations();
        private final FeedForward.Activations feedForward = new FeedForward.Activations();
        private float[] input;
        private float[] normed1 = new float[0];
        private float[] mid = new float[0];
        private float[] normed2 = new float[0];
        private float[] output = new float[0];
        private int tokens;
        private long step;

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * The output of the last forward pass.
         *
         * @return [batch * seqLen x modelDim], live
         */
        public float[] output() {
            return output;
        }

        /**
         * What attention kept.
         *
         * @return its activations, live
         */
        public MultiHeadAttention.Activations attention() {
            return attention;
        }
    }

    /**
     * Scratch of the backward pass, which may be shared by all blocks of a model. Grown to the largest
     * batch, then reused.
     */
    public static final class Scratch {
        private float[] branch = new float[0];
        private float[] context = new float[0];
        private float[] wide = new float[0];

        /** Nothing held yet. */
        public Scratch() {}

        private void reserve(int tokens, int modelDim, int wideDim) {
            branch = Shapes.grow(branch, Shapes.size("gradient", tokens, modelDim));
            context = Shapes.grow(context, Shapes.size("gradient", tokens, modelDim));
            wide = Shapes.grow(wide, Shapes.size("hidden gradient", tokens, wideDim));
        }
    }

    private final int modelDim;
    private final LayerNorm norm1;
    private final MultiHeadAttention attention;
    private final Dropout dropout1;
    private final LayerNorm norm2;
    private final FeedForward feedForward;
    private final Dropout dropout2;

    /**
     * A block.
     *
     * @param builder takes the parameters, whose names start with {@code name}
     * @param name name of the block
     * @param config sizes, activation, dropout, causal or not; the number of blocks is not read
     */
    public EncoderBlock(Parameters.Builder builder, String name, Encoder.Config config) {
        modelDim = config.modelDim();
        norm1 = new LayerNorm(builder, name + ".norm1", modelDim);
        attention = new MultiHeadAttention(
                builder, name + ".attention", modelDim, config.heads(), config.causal());
        dropout1 = new Dropout(builder, name + ".dropout1", config.dropout());
        norm2 = new LayerNorm(builder, name + ".norm2", modelDim);
        feedForward = new FeedForward(
                builder,
                name + ".feedForward",
                modelDim,
                config.feedForwardDim(),
                config.activation());
        dropout2 = new Dropout(builder, name + ".dropout2", config.dropout());
    }

    /**
     * The attention of the block, for a look at its weights.
     *
     * @return the layer
     */
    public MultiHeadAttention attention() {
        return attention;
    }

    /**
     * Runs the block; the output is in {@code kept.output()}.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each, padding included
     * @param lengths tokens of each without padding, [batch]; null if nothing is padded. Not modified,
     *     read again by {@link #backward}
     * @param x [batch * seqLen x modelDim]; must stay as it is until the backward pass
     * @param kept receives the output and what {@link #backward} needs
     * @param step number of the training step from 0, or {@link Dropout#EVALUATION}
     * @throws IllegalArgumentException if an array is too small or a length is out of range
     */
    public void forward(
            Engine engine,
            int batch,
            int seqLen,
            int[] lengths,
            float[] x,
            Activations kept,
            long step) {
        int tokens = Shapes.size("tokens", batch, seqLen);
        int size = Shapes.size("x", tokens, modelDim);
        Shapes.dense("x", x, tokens, modelDim);
        kept.normed1 = Shapes.grow(kept.normed1, size);
        kept.mid = Shapes.grow(kept.mid, size);
        kept.normed2 = Shapes.grow(kept.normed2, size);
        kept.output = Shapes.grow(kept.output, size);
        kept.input = x;
        kept.tokens = tokens;
        kept.step = step;

        norm1.forward(engine, tokens, x, kept.normed1, kept.norm1);
        attention.forward(engine, batch, seqLen, lengths, kept.normed1, kept.mid, kept.attention);
        dropout1.apply(engine, size, step, kept.mid, kept.mid);
        engine.elementwise().add(size, x, 0, kept.mid, 0, kept.mid, 0);

        norm2.forward(engine, tokens, kept.mid, kept.normed2, kept.norm2);
        feedForward.forward(engine, tokens, kept.normed2, kept.output, kept.feedForward);
        dropout2.apply(engine, size, step, kept.output, kept.output);
        engine.elementwise().add(size, kept.mid, 0, kept.output, 0, kept.output, 0);
    }

    /**
     * Turns the gradient of the output into that of the input, in place, and adds to the gradients of
     * the parameters. The gradient of both residual connections stays where it is: each branch adds its
     * own share to it.
     *
     * @param engine runs it
     * @param kept what the forward pass kept; not modified
     * @param gradient [batch * seqLen x modelDim]; dY before, dX after
     * @param scratch overwritten
     * @throws IllegalArgumentException if the gradient is too small
     */
    public void backward(Engine engine, Activations kept, float[] gradient, Scratch scratch) {
        int tokens = kept.tokens;
        int size = Shapes.size("gradient", tokens, modelDim);
        Shapes.dense("gradient", gradient, tokens, modelDim);
        scratch.reserve(tokens, modelDim, Math.max(3 * modelDim, feedForward.hiddenDim()));

        // y = mid + dropout(feedForward(norm2(mid)))
        float[] branch = branchGradient(engine, dropout2, size, kept.step, gradient, scratch);
        feedForward.backward(
                engine,
                tokens,
                kept.normed2,
                branch,
                scratch.branch,
                Write.OVERWRITE,
                kept.feedForward,
                scratch.wide);
        norm2.backward(engine, tokens, kept.mid, scratch.branch, gradient, kept.norm2);

        // mid = x + dropout(attention(norm1(x)))
        branch = branchGradient(engine, dropout1, size, kept.step, gradient, scratch);
        attention.backward(
                engine,
                kept.normed1,
                branch,
                scratch.branch,
                Write.OVERWRITE,
                kept.attention,
                scratch.context,
                scratch.wide);
        norm1.backward(engine, tokens, kept.input, scratch.branch, gradient, kept.norm1);
    }

    /** The gradient behind a dropout: the residual gradient itself where nothing is dropped. */
    private static float[] branchGradient(
            Engine engine, Dropout dropout, int size, long step, float[] gradient, Scratch scratch) {
        if (!dropout.active(step)) {
            return gradient;
        }
        dropout.apply(engine, size, step, gradient, scratch.branch);
        return scratch.branch;
    }
}
