package dev.lanewise.nn;

import dev.lanewise.Engine;
import java.util.ArrayList;
import java.util.List;

/**
 * One pre-norm transformer block: {@code mid = x + dropout(attention(norm1(x)))}, then
 * {@code y = mid + dropout(feedForward(norm2(mid)))}. Sources: Vaswani and others, Attention Is All
 * You Need, 2017 (1706.03762); pre-norm: Xiong and others, 2020 (2002.04745).
 *
 * <p>A token is a row: arrays are [tokens x modelDim], dense from index 0, sequence after sequence:
 * {@code batch * seqLen} tokens, or {@code offsets[batch]} of a ragged batch.
 */
public final class EncoderBlock {
    /** What the forward pass keeps, and its output. Grown to the largest batch, then reused. */
    public static final class Activations {
        private final TokenNorm.Statistics norm1 = new TokenNorm.Statistics();
        private final TokenNorm.Statistics norm2 = new TokenNorm.Statistics();
        private final MultiHeadAttention.Activations attention = new MultiHeadAttention.Activations();
        private final FeedForward.Activations feedForward = new FeedForward.Activations();
        private final WeightPacks qkvPacks = new WeightPacks();
        private final WeightPacks outputPacks = new WeightPacks();
        private final WeightPacks expandPacks = new WeightPacks();
        private final WeightPacks contractPacks = new WeightPacks();
        private final EncoderForward pass = new EncoderForward();
        private final TokenGroups groups = new TokenGroups();
        private final Held held = new Held();
        private float[] input;
        private float[] mid = new float[0];
        private float[] output = new float[0];
        private long step;

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
         * What attention kept.
         *
         * @return its activations, live
         */
        public MultiHeadAttention.Activations attention() {
            return attention;
        }

        /** How the batch is cut. */
        TokenGroups groups() {
            return groups;
        }
    }

    /**
     * Scratch of the backward pass, which may be shared by all blocks of a model. Grown to the largest
     * batch, then reused.
     */
    public static final class Scratch {
        private final EncoderBackward pass = new EncoderBackward();

        /** Nothing held yet. */
        public Scratch() {}
    }

    private final int modelDim;
    private final TokenNorm norm1;
    private final MultiHeadAttention attention;
    private final Dropout dropout1;
    private final TokenNorm norm2;
    private final FeedForward feedForward;
    private final Dropout dropout2;
    private final List<Parameter> parameters;
    private final int parameterCount;

    /**
     * A block.
     *
     * @param builder takes the parameters, whose names start with {@code name}
     * @param name name of the block
     * @param config sizes, attention, activation, norm and dropout; the number of blocks is not read
     */
    public EncoderBlock(Parameters.Builder builder, String name, Encoder.Config config) {
        modelDim = config.modelDim();
        norm1 = TokenNorm.of(config.normalization(), builder, name + ".norm1", modelDim);
        attention = new MultiHeadAttention(builder, name + ".attention", modelDim, config.attention());
        dropout1 = new Dropout(builder, name + ".dropout1", config.dropout());
        norm2 = TokenNorm.of(config.normalization(), builder, name + ".norm2", modelDim);
        feedForward = new FeedForward(
                builder,
                name + ".feedForward",
                modelDim,
                config.feedForwardDim(),
                config.activation());
        dropout2 = new Dropout(builder, name + ".dropout2", config.dropout());
        List<Parameter> all = new ArrayList<>(norm1.parameters());
        all.addAll(attention.qkv().parameters());
        all.addAll(attention.output().parameters());
        all.addAll(norm2.parameters());
        all.addAll(feedForward.expand().parameters());
        all.addAll(feedForward.contract().parameters());
        parameters = List.copyOf(all);
        parameterCount = parameters.stream().mapToInt(Parameter::size).sum();
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
        Shapes.dense("x", x, Shapes.size("tokens", batch, seqLen), modelDim);
        Shapes.lengths(lengths, batch, seqLen);
        kept.held.clear();
        kept.groups.cut(batch, seqLen);
        run(engine, lengths, x, kept, step);
    }

    /**
     * Runs the block on sequences that lie end to end, without padding; the output is in {@code kept.output()}. Without
     * dropout, whose decisions depend on the place in the batch, each sequence has the bits that it has alone.
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
        Shapes.dense("x", x, Shapes.offsets(offsets, batch), modelDim);
        kept.held.clear();
        kept.groups.cutRagged(batch, offsets);
        run(engine, null, x, kept, step);
    }

    private void run(Engine engine, int[] lengths, float[] x, Activations kept, long step) {
        int tokens = kept.groups.tokens();
        int size = Shapes.size("x", tokens, modelDim);
        attention.reserve(kept.groups, lengths, kept.attention);
        kept.mid = Shapes.grow(kept.mid, size);
        kept.output = Shapes.grow(kept.output, size);
        norm1.reserve(tokens, kept.norm1);
        norm2.reserve(tokens, kept.norm2);
        feedForward.reserve(tokens, kept.feedForward);
        kept.input = x;
        kept.step = step;
        kept.qkvPacks.refreshForward(engine, attention.qkv().weight());
        kept.outputPacks.refreshForward(engine, attention.output().weight());
        kept.expandPacks.refreshForward(engine, feedForward.expand().weight());
        kept.contractPacks.refreshForward(engine, feedForward.contract().weight());
        kept.pass.run(engine, this, x, kept);
        kept.held.set(tokens);
    }

    /** What comes before attention, for rows from number {@code row} on. */
    void projectRows(Engine engine, int row, int rows, float[] x, Activations kept, PassBuffers memory) {
        norm1.forwardRows(engine, row, rows, x, memory.normed, 0, kept.norm1);
        attention.projectRows(engine, row, rows, memory.normed, kept.qkvPacks, kept.attention, memory.epilogue);
    }

    /** What comes after attention, for rows from number {@code row} on. */
    void finishRows(Engine engine, int row, int rows, float[] x, Activations kept, PassBuffers memory) {
        int at = row * modelDim;
        boolean drop = dropout1.active(kept.step);
        Parameter bias = attention.output().bias();
        attention.outputRows(engine, row, rows, kept.outputPacks, memory.branch, kept.attention);
        if (drop) {
            int n = rows * modelDim;
            engine.elementwise()
                    .addBias(
                            rows, modelDim, memory.branch, 0, modelDim, bias.values(), bias.offset(), memory.branch, 0,
                            modelDim);
            dropout1.applyFrom(engine, at, n, kept.step, memory.branch, 0, memory.branch, 0);
            bias = null;
        }
        norm2.addForwardRows(engine, row, rows, memory.branch, x, bias, kept.mid, memory.normed, kept.norm2);
        feedForward.forwardRows(
                engine, row, rows, memory.normed, 0, kept.expandPacks, kept.contractPacks, drop ? null : kept.mid,
                kept.output, at, kept.feedForward, memory);
        if (drop) {
            int n = rows * modelDim;
            dropout2.applyFrom(engine, at, n, kept.step, kept.output, at, kept.output, at);
            engine.elementwise().add(n, kept.mid, at, kept.output, at, kept.output, at);
        }
    }

    /**
     * Turns the gradient of the output into that of the input, in place, and adds to the gradients of
     * the parameters. The gradient of both residual connections stays where it is: each branch adds its
     * own share to it.
     *
     * @param engine runs it
     * @param kept what the forward pass kept; not modified, but for the output where that is the gradient
     * @param gradient [tokens x modelDim], another array than the input of the forward pass and than what attention kept; dY
     *     before, dX after
     * @param scratch overwritten
     * @throws IllegalArgumentException if the gradient is too small, or is an array that is still read; nothing is written
     *     then
     * @throws IllegalStateException if there has been no forward pass
     */
    public void backward(Engine engine, Activations kept, float[] gradient, Scratch scratch) {
        checkBackward(kept, kept.held.rows(), "gradient", gradient);
        kept.qkvPacks.refreshTransposed(engine, attention.qkv().weight());
        kept.outputPacks.refreshTransposed(engine, attention.output().weight());
        kept.expandPacks.refreshTransposed(engine, feedForward.expand().weight());
        kept.contractPacks.refreshTransposed(engine, feedForward.contract().weight());
        scratch.pass.run(engine, this, kept, gradient);
    }

    /** What {@link #backward} asks of so many tokens and their gradient: for an encoder, whose blocks all write to one. */
    void checkBackward(Activations kept, int tokens, String name, float[] gradient) {
        kept.held.check(tokens);
        Shapes.dense(name, gradient, tokens, modelDim);
        Shapes.apart(name, gradient, "the input of a block", kept.input);
        kept.attention.checkApart(name, gradient);
    }

    /** Makes room for what the forward pass of any group does not keep. */
    void reserveForward(PassBuffers memory, TokenGroups groups) {
        int runRows = groups.longestRun();
        memory.branch = Shapes.grow(memory.branch, Shapes.size("branch", runRows, modelDim));
        memory.normed = Shapes.grow(memory.normed, Shapes.size("normed", runRows, modelDim));
        feedForward.reserve(memory, runRows);
    }

    /** Makes room for the gradients of any group. */
    void reserve(PassBuffers memory, TokenGroups groups) {
        int groupRows = groups.rows();
        int runRows = groups.longestRun();
        memory.context = Shapes.grow(memory.context, Shapes.size("gradient", groupRows, modelDim));
        int wide = Math.max(
                Shapes.size("gradient", groupRows, attention.qkv().out()),
                Shapes.size("gradient", runRows, feedForward.hiddenDim()));
        memory.wide = Shapes.grow(memory.wide, wide);
        reserveForward(memory, groups);
    }

    /**
     * Back through what comes after attention, for rows from number {@code row} on; the gradients of the heads go to rows
     * from {@code groupRow} on of {@code memory.context}.
     */
    void finishBackward(
            Engine engine, int row, int rows, float[] gradient, Activations kept, PassBuffers memory,
            int groupRow, GradientShare share) {
        int at = row * modelDim;
        // y = mid + dropout(feedForward(norm2(mid)))
        boolean drop = dropout1.active(kept.step);
        float[] branch = drop ? memory.branch : gradient;
        int branchAt = drop ? 0 : at;
        if (drop) {
            dropout2.applyFrom(engine, at, rows * modelDim, kept.step, gradient, at, branch, 0);
        }
        feedForward.contractBackward(
                engine, row, rows, branch, branchAt, kept.contractPacks, kept.feedForward, memory.wide, 0,
                share, memory);
        norm2.forwardRows(engine, row, rows, kept.mid, memory.normed, 0, kept.norm2);
        feedForward.expand().parameterGradients(engine, rows, memory.normed, 0, memory.wide, 0, share);
        feedForward.expand()
                .inputGradient(
                        engine, rows, memory.wide, 0, kept.expandPacks, memory.branch, 0, Write.OVERWRITE, null);
        norm2.backwardRows(engine, row, rows, kept.mid, memory.branch, 0, gradient, Write.ADD, kept.norm2, share);
        // mid = x + dropout(attention(norm1(x)))
        if (drop) {
            dropout1.applyFrom(engine, at, rows * modelDim, kept.step, gradient, at, branch, 0);
        }
        attention.outputBackward(
                engine, row, rows, branch, branchAt, kept.outputPacks, kept.attention, memory.context,
                groupRow * modelDim, share);
    }

    /** Back through what comes before attention, for rows from number {@code row} on. */
    void projectBackward(
            Engine engine, int row, int rows, float[] gradient, Activations kept, PassBuffers memory,
            int groupRow, GradientShare share) {
        int dQkv = groupRow * attention.qkv().out();
        norm1.forwardRows(engine, row, rows, kept.input, memory.normed, 0, kept.norm1);
        attention.qkv().parameterGradients(engine, rows, memory.normed, 0, memory.wide, dQkv, share);
        attention.qkv()
                .inputGradient(
                        engine, rows, memory.wide, dQkv, kept.qkvPacks, memory.branch, 0, Write.OVERWRITE, null);
        norm1.backwardRows(engine, row, rows, kept.input, memory.branch, 0, gradient, Write.ADD, kept.norm1, share);
    }

    /** All parameters of the block, in the order in which they were registered. */
    List<Parameter> parameters() {
        return parameters;
    }

    /** The number of values that the block learns. */
    int parameterCount() {
        return parameterCount;
    }
}
