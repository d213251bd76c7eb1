package dev.lanewise.nn;

import dev.lanewise.Engine;
import java.util.ArrayList;
import java.util.List;

/**
 * A stack of pre-norm blocks with a norm at its end. A token is a row: arrays are
 * [tokens x modelDim], dense from index 0, sequence after sequence: {@code batch * seqLen} tokens, or
 * {@code offsets[batch]} of a ragged batch.
 *
 * <p>Padded tokens, those from a sequence's length on, are computed but seen by no other token, and a
 * gradient of zero at their outputs stays zero all the way to their inputs.
 */
public final class Encoder {
    /**
     * The sizes and choices of an encoder.
     *
     * @param modelDim columns of each token, a multiple of the heads
     * @param attention heads of each block, what a token sees, and positions
     * @param feedForwardDim hidden columns of the feed-forward layers
     * @param blocks number of blocks
     * @param activation function of the feed-forward layers
     * @param dropout chance to drop an element of a branch, at least 0 and below 1
     * @param normalization how rows are normalised ahead of attention, of the feed-forward layer, and at the end
     */
    public record Config(
            int modelDim,
            AttentionConfig attention,
            int feedForwardDim,
            int blocks,
            Activation activation,
            float dropout,
            Normalization normalization) {
        /**
         * Checks the sizes.
         *
         * @throws IllegalArgumentException if a size is below 1, there are fewer than 0 blocks, the heads do not divide
         *     modelDim, or the rotary table is made for heads of another size
         */
        public Config {
            Shapes.positive("modelDim", modelDim);
            Shapes.positive("feedForwardDim", feedForwardDim);
            if (blocks < 0) {
                throw new IllegalArgumentException("blocks must be 0 or more, but is " + blocks);
            }
            attention.headDim(modelDim);
        }

        /**
         * An encoder whose heads all have keys and values of their own.
         *
         * @param modelDim columns of each token, a multiple of {@code heads}
         * @param heads attention heads of each block
         * @param feedForwardDim hidden columns of the feed-forward layers
         * @param blocks number of blocks
         * @param activation function of the feed-forward layers
         * @param dropout chance to drop an element of a branch, at least 0 and below 1
         * @param causal whether a token sees only itself and those before it
         * @param normalization how rows are normalised ahead of attention, of the feed-forward layer, and at the end
         * @throws IllegalArgumentException if a size is out of its range
         */
        public Config(
                int modelDim, int heads, int feedForwardDim, int blocks, Activation activation, float dropout,
                boolean causal, Normalization normalization) {
            this(
                    modelDim, AttentionConfig.of(heads).withCausal(causal), feedForwardDim, blocks, activation, dropout,
                    normalization);
        }

        /**
         * An encoder with layer norms.
         *
         * @param modelDim columns of each token, a multiple of {@code heads}
         * @param heads attention heads of each block
         * @param feedForwardDim hidden columns of the feed-forward layers
         * @param blocks number of blocks
         * @param activation function of the feed-forward layers
         * @param dropout chance to drop an element of a branch, at least 0 and below 1
         * @param causal whether a token sees only itself and those before it
         * @throws IllegalArgumentException if a size is out of its range
         */
        public Config(
                int modelDim, int heads, int feedForwardDim, int blocks, Activation activation, float dropout,
                boolean causal) {
            this(modelDim, heads, feedForwardDim, blocks, activation, dropout, causal, Normalization.LAYER);
        }

        /**
         * This configuration with another attention.
         *
         * @param other heads of each block, what a token sees, and positions
         * @return a copy
         * @throws IllegalArgumentException if the heads do not fit modelDim
         */
        public Config withAttention(AttentionConfig other) {
            return new Config(modelDim, other, feedForwardDim, blocks, activation, dropout, normalization);
        }

        /**
         * Attention heads of the queries.
         *
         * @return heads of each block
         */
        public int heads() {
            return attention.heads();
        }

        /**
         * Whether a token sees only itself and those before it.
         *
         * @return whether attention is causal
         */
        public boolean causal() {
            return attention.causal();
        }
    }

    /** What the forward pass keeps, and its output. Grown to the largest batch, then reused. */
    public static final class Activations {
        private final List<EncoderBlock.Activations> blocks = new ArrayList<>();
        private final EncoderBlock.Scratch scratch = new EncoderBlock.Scratch();
        private final TokenNorm.Statistics norm = new TokenNorm.Statistics();
        private float[] stackOutput;
        private float[] output = new float[0];
        private final Held held = new Held();

        /** Blocks that the last forward pass went through. */
        private int depth;

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * The output of the last forward pass.
         *
         * @return [tokens x modelDim], live
         */
        public float[] output() {
            return output;
        }

        /**
         * What a block kept.
         *
         * @param index number of the block, from 0
         * @return its activations, live
         */
        public EncoderBlock.Activations block(int index) {
            return blocks.get(index);
        }
    }

    private final int modelDim;
    private final List<EncoderBlock> blocks;
    private final TokenNorm norm;

    /**
     * An encoder.
     *
     * @param builder takes the parameters, {@code name.0.*} and so on, and {@code name.norm.*}
     * @param name name of the encoder
     * @param config sizes and choices
     */
    public Encoder(Parameters.Builder builder, String name, Config config) {
        modelDim = config.modelDim();
        List<EncoderBlock> stack = new ArrayList<>();
        for (int i = 0; i < config.blocks(); i++) {
            stack.add(new EncoderBlock(builder, name + "." + i, config));
        }
        blocks = List.copyOf(stack);
        norm = TokenNorm.of(config.normalization(), builder, name + ".norm", modelDim);
    }

    /**
     * The blocks, first to last.
     *
     * @return the stack
     */
    public List<EncoderBlock> blocks() {
        return blocks;
    }

    /**
     * Runs the stack; the output is in {@code kept.output()}.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each, padding included
     * @param lengths tokens of each without padding, [batch]; null if nothing is padded. Not modified,
     *     read again by {@link #backward}
     * @param x [batch * seqLen x modelDim]; must stay as it is until the backward pass
     * @param kept receives the output and what {@link #backward} needs
     * @param step number of the training step from 0, or {@link Dropout#EVALUATION}
     * @throws IllegalArgumentException if an array is too small, a length is out of range, or the rotary table has fewer
     *     positions than a sequence has tokens
     */
    public void forward(
            Engine engine,
            int batch,
            int seqLen,
            int[] lengths,
            float[] x,
            Activations kept,
            long step) {
        run(engine, Shapes.size("tokens", batch, seqLen), batch, seqLen, lengths, null, x, kept, step);
    }

    /**
     * Runs the stack on sequences that lie end to end, without padding; the output is in {@code kept.output()}. Costs what
     * the sequences cost. Without dropout, whose decisions depend on the place in the batch, each has the bits that it has
     * alone. From five tokens on these are those of a padded batch, too; attention of fewer queries sums in another order.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param offsets [batch + 1], from 0 on and never falling: sequence b has the rows {@code offsets[b] .. offsets[b + 1] -
     *     1}; it may be empty. Not modified, and not read again
     * @param x [offsets[batch] x modelDim]; must stay as it is until the backward pass
     * @param kept receives the output and what {@link #backward} needs
     * @param step number of the training step from 0, or {@link Dropout#EVALUATION}
     * @throws IllegalArgumentException if an array is too small, the offsets make no sense, or the rotary table has fewer
     *     positions than a sequence has tokens
     */
    public void forwardRagged(
            Engine engine, int batch, int[] offsets, float[] x, Activations kept, long step) {
        run(engine, Shapes.offsets(offsets, batch), batch, 0, null, offsets, x, kept, step);
    }

    /** Either pass; offsets are null where all sequences have one length. */
    private void run(
            Engine engine, int tokens, int batch, int seqLen, int[] lengths, int[] offsets, float[] x,
            Activations kept, long step) {
        kept.held.clear();
        kept.output = Shapes.grow(kept.output, Shapes.size("x", tokens, modelDim));
        while (kept.blocks.size() < blocks.size()) {
            kept.blocks.add(new EncoderBlock.Activations());
        }
        float[] h = x;
        for (int i = 0; i < blocks.size(); i++) {
            EncoderBlock.Activations block = kept.blocks.get(i);
            if (offsets == null) {
                blocks.get(i).forward(engine, batch, seqLen, lengths, h, block, step);
            } else {
                blocks.get(i).forwardRagged(engine, batch, offsets, h, block, step);
            }
            h = block.output();
        }
        kept.stackOutput = h;
        kept.depth = blocks.size();
        norm.reserve(tokens, kept.norm);
        norm.forwardRows(engine, 0, tokens, h, kept.output, 0, kept.norm);
        kept.held.set(tokens);
    }

    /**
     * Adds to the gradients of all parameters and writes the gradient of the input.
     *
     * @param engine runs it
     * @param kept what the forward pass kept
     * @param dY [tokens x modelDim]; not modified
     * @param dX [tokens x modelDim], another array than dY, than x of the forward pass, and than what the blocks kept;
     *     overwritten
     * @throws IllegalArgumentException if an array is too small, dX is one that is still read, or the forward pass went
     *     through another number of blocks; nothing is written then
     * @throws IllegalStateException if there has been no forward pass
     */
    public void backward(Engine engine, Activations kept, float[] dY, float[] dX) {
        int tokens = kept.held.rows();
        if (kept.depth != blocks.size()) {
            throw new IllegalArgumentException(
                    "these activations hold a forward pass through " + kept.depth + " blocks, but the encoder has "
                            + blocks.size() + "; give it those of its own pass");
        }
        Shapes.dense("dY", dY, tokens, modelDim);
        Shapes.dense("dX", dX, tokens, modelDim);
        Shapes.apart("dX", dX, "dY", dY);
        Shapes.apart("dX", dX, "the input of the last norm", kept.stackOutput);
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).checkBackward(kept.blocks.get(i), tokens, "dX", dX);
        }
        // From here on dX is the one residual gradient of the whole stack.
        norm.backwardRows(
                engine, 0, tokens, kept.stackOutput, dY, 0, dX, Write.OVERWRITE, kept.norm, GradientShare.MODEL);
        for (int i = blocks.size() - 1; i >= 0; i--) {
            blocks.get(i).backward(engine, kept.blocks.get(i), dX, kept.scratch);
        }
    }
}
