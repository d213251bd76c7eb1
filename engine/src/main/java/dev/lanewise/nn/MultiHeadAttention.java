package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.MatMulEpilogue;
import dev.lanewise.Matrix;

/**
 * Multi-head self-attention: {@code [Q K V] = x Wqkv + bqkv}, then for each head {@code softmax(Q
 * transpose(K) / sqrt(headDim) + mask) V}, the heads side by side, then {@code y = heads Wo + bo}.
 * Source: Vaswani and others, Attention Is All You Need, 2017 (1706.03762).
 *
 * <p>An {@link AttentionConfig} lets several heads of Q share one of K and V, limits what a token sees, and turns Q and K by
 * the positions of their tokens, {@code R(t) Q[t]} and {@code R(t) K[t]}, after the projection.
 *
 * <p>Q, K and V come out of one product, turned in place, and attention reads them where they lie: nothing is copied or
 * rearranged. A token is a row: arrays are [tokens x modelDim], dense from index 0, with {@code batch * seqLen} tokens, or
 * {@code offsets[batch]} of a ragged batch. With
 * {@code keyDim = keyValueHeads * headDim}, a row of Q, K and V has {@code qkvDim = modelDim + 2 keyDim} columns, which is
 * {@code 3 modelDim} where all have the same number of heads.
 */
public final class MultiHeadAttention {
    /** What the forward pass keeps. Grown to the largest batch, then reused. */
    public static final class Activations {
        private float[] qkv = new float[0];
        private float[] context = new float[0];
        private float[] logSumExp = new float[0];
        private final AttentionGroups groups = new AttentionGroups();

        /** Nothing where a block ran the pass, which goes back over it itself. */
        private final Held held = new Held();

        /** One group of all sequences, for a layer that runs by itself. */
        private final TokenGroups whole = new TokenGroups();

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * Queries, keys and values of the last forward pass, side by side in each row; queries and keys as attention sees
         * them, turned where positions are rotary.
         *
         * @return [tokens x qkvDim], live
         */
        public float[] qkv() {
            return qkv;
        }

        /**
         * The logarithm of each softmax's sum; {@code exp(score - logSumExp)} gives the weights back.
         *
         * @return [batch, heads, seqLen], live; of a ragged batch [heads, tokens], in a block so for each group of sequences
         *     that it works on at a time
         */
        public float[] logSumExp() {
            return logSumExp;
        }

        /** That what a backward pass writes is none of the arrays that it reads here, and that callers can get at. */
        void checkApart(String name, float[] written) {
            Shapes.apart(name, written, "qkv", qkv);
            Shapes.apart(name, written, "logSumExp", logSumExp);
        }
    }

    private final int modelDim;
    private final int heads;
    private final AttentionLayout layout;
    private final Linear qkv;
    private final Linear output;

    /**
     * A layer. The weights of queries, keys and values each start as those of a map of their own.
     *
     * @param builder takes the parameters {@code name.qkv.*} and {@code name.output.*}
     * @param name name of the layer
     * @param modelDim columns of input and output, a multiple of {@code heads}
     * @param heads number of heads
     * @param causal whether a token sees only itself and those before it
     * @throws IllegalArgumentException if a size is below 1 or the heads do not divide modelDim
     */
    public MultiHeadAttention(
            Parameters.Builder builder, String name, int modelDim, int heads, boolean causal) {
        this(builder, name, modelDim, AttentionConfig.of(heads).withCausal(causal));
    }

    /**
     * A layer. The weights of queries, keys and values each start as those of a map of their own.
     *
     * @param builder takes the parameters {@code name.qkv.*} and {@code name.output.*}
     * @param name name of the layer
     * @param modelDim columns of input and output, a multiple of the heads
     * @param config heads, what a token sees, and positions
     * @throws IllegalArgumentException if a size is below 1, the heads do not divide modelDim, or the rotary table is made
     *     for heads of another size
     */
    public MultiHeadAttention(Parameters.Builder builder, String name, int modelDim, AttentionConfig config) {
        this.modelDim = Shapes.positive(name + ": modelDim", modelDim);
        heads = config.heads();
        layout = new AttentionLayout(modelDim, config);
        int cols = layout.cols();
        Initializer queries = Initializer.xavier(modelDim, modelDim);
        Initializer keysAndValues = Initializer.xavier(modelDim, layout.keyDim());
        Initializer each = (key, index) -> (index % cols < modelDim ? queries : keysAndValues).value(key, index);
        qkv = new Linear(builder, name + ".qkv", modelDim, cols, each);
        output = new Linear(builder, name + ".output", modelDim, modelDim);
    }

    /**
     * Runs the layer.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each, padding included
     * @param lengths tokens of each without padding, [batch]; null if nothing is padded. Not modified,
     *     read again by {@link #backward}
     * @param x [batch * seqLen x modelDim]; not modified, needed again by {@link #backward}
     * @param y [batch * seqLen x modelDim]; overwritten
     * @param kept receives what {@link #backward} needs
     * @throws IllegalArgumentException if an array is too small, a length is out of range, or the rotary table has fewer
     *     positions than a sequence has tokens
     */
    public void forward(
            Engine engine,
            int batch,
            int seqLen,
            int[] lengths,
            float[] x,
            float[] y,
            Activations kept) {
        Shapes.size("tokens", batch, seqLen);
        kept.whole.whole(batch, seqLen);
        run(engine, lengths, x, y, kept);
    }

    /**
     * Runs the layer on sequences that lie end to end, without padding. Each has the bits that it has alone, but for those of
     * one token, whose products are summed in another order where they are alone.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param offsets [batch + 1], from 0 on and never falling: sequence b has the rows {@code offsets[b] .. offsets[b + 1] -
     *     1}; it may be empty. Not modified, and not read again
     * @param x [offsets[batch] x modelDim]; not modified, needed again by {@link #backward}
     * @param y [offsets[batch] x modelDim]; overwritten
     * @param kept receives what {@link #backward} needs
     * @throws IllegalArgumentException if an array is too small, the offsets make no sense, or the rotary table has fewer
     *     positions than a sequence has tokens
     */
    public void forwardRagged(Engine engine, int batch, int[] offsets, float[] x, float[] y, Activations kept) {
        Shapes.offsets(offsets, batch);
        kept.whole.wholeRagged(batch, offsets);
        run(engine, null, x, y, kept);
    }

    private void run(Engine engine, int[] lengths, float[] x, float[] y, Activations kept) {
        int tokens = kept.whole.tokens();
        reserve(kept.whole, lengths, kept);
        qkv.forward(engine, tokens, x, kept.qkv);
        turn(engine, 0, tokens, kept);
        if (kept.whole.count() > 0) {
            attend(engine, 0, kept);
        }
        output.forward(engine, tokens, kept.context, y);
        kept.held.set(tokens);
    }

    /** Makes room, and describes the groups of sequences in which the passes work. */
    void reserve(TokenGroups cut, int[] lengths, Activations kept) {
        kept.held.clear();
        int tokens = cut.tokens();
        layout.config().checkPositions(cut.longest());
        kept.qkv = Shapes.grow(kept.qkv, Shapes.size("qkv", tokens, layout.cols()));
        kept.context = Shapes.grow(kept.context, Shapes.size("context", tokens, modelDim));
        kept.logSumExp = Shapes.grow(kept.logSumExp, Shapes.size("logSumExp", tokens, heads));
        kept.groups.describe(layout, cut, lengths);
    }

    /** Queries, keys and values of rows from number {@code row} on, turned, from the rows of x at index 0. */
    void projectRows(
            Engine engine, int row, int rows, float[] x, WeightPacks packs, Activations kept, MatMulEpilogue epilogue) {
        epilogue.clear();
        qkv.forward(engine, rows, x, 0, packs, kept.qkv, row * layout.cols(), epilogue);
        epilogue.clear();
        turn(engine, row, rows, kept);
    }

    /** Turns queries and keys of rows from number {@code row} on by their positions, in one go: they lie side by side. */
    private void turn(Engine engine, int row, int rows, Activations kept) {
        if (layout.rotary() != null) {
            int cols = layout.cols();
            engine.embedding()
                    .rotary(
                            rows, layout.turnedHeads(), layout.rotary(), kept.groups.positions(), row, 0, kept.qkv,
                            row * cols, cols, kept.qkv, row * cols, cols);
        }
    }

    /** Attention within the sequences of a group; where they are all empty, there may be no elements to point at. */
    void attend(Engine engine, int group, Activations kept) {
        AttentionGroups groups = kept.groups;
        int row = groups.groups().firstRow(group);
        if (groups.groups().rows(group) == 0) {
            return;
        }
        int at = row * layout.cols();
        engine.attention()
                .forward(
                        groups.shapeOf(group), groups.mask(group), kept.qkv, at, kept.qkv, at + layout.keysAt(),
                        kept.qkv, at + layout.valuesAt(), kept.context, row * modelDim, kept.logSumExp, row * heads);
    }

    /** The output of rows from number {@code row} on, without its bias, from index 0 of y on. */
    void outputRows(Engine engine, int row, int rows, WeightPacks packs, float[] y, Activations kept) {
        output.product(engine, rows, kept.context, row * modelDim, packs, y, 0, null);
    }

    /**
     * Adds to the gradients of both maps and writes the input gradient.
     *
     * @param engine runs it
     * @param x [tokens x modelDim], the input of the forward pass; not modified unless it is dX
     * @param dY [tokens x modelDim]; not modified unless it is dX
     * @param dX [tokens x modelDim]; may be dY or x where it is overwritten
     * @param write whether dX is overwritten or added to
     * @param kept what the forward pass kept; not modified
     * @param dContext scratch, [tokens x modelDim], an array of its own; overwritten
     * @param dQkv scratch, [tokens x qkvDim], an array of its own; overwritten
     * @throws IllegalArgumentException if an array is too small, or a scratch array is one of the others or of those that were
     *     kept; nothing is written then
     * @throws IllegalStateException if there has been no forward pass
     */
    public void backward(
            Engine engine,
            float[] x,
            float[] dY,
            float[] dX,
            Write write,
            Activations kept,
            float[] dContext,
            float[] dQkv) {
        int tokens = kept.held.rows();
        Shapes.dense("dY", dY, tokens, modelDim);
        Shapes.dense("dContext", dContext, tokens, modelDim);
        qkv.checkBackward(tokens, x, "dQkv", dQkv, dX);
        Shapes.apart("dQkv", dQkv, "x", x);
        Shapes.apart("dQkv", dQkv, "dY", dY);
        Shapes.apart("dContext", dContext, "dQkv", dQkv);
        Shapes.apart("dContext", dContext, "x", x);
        Shapes.apart("dContext", dContext, "dY", dY);
        Shapes.apart("dContext", dContext, "dX", dX);
        kept.checkApart("dQkv", dQkv);
        kept.checkApart("dContext", dContext);
        kept.checkApart("dX", dX);
        outputBackward(engine, 0, tokens, dY, 0, null, kept, dContext, 0, GradientShare.MODEL);
        if (kept.groups.groups().count() > 0) {
            attendBackward(engine, 0, kept, dContext, dQkv);
        }
        qkv.backward(engine, tokens, x, dQkv, dX, write);
    }

    /** From the gradients dY of rows from number {@code row} on: those of the map behind the heads, and of the heads. */
    void outputBackward(
            Engine engine, int row, int rows, float[] dY, int dYAt, WeightPacks packs, Activations kept,
            float[] dContext, int dContextAt, GradientShare share) {
        output.parameterGradients(engine, rows, kept.context, row * modelDim, dY, dYAt, share);
        output.inputGradient(engine, rows, dY, dYAt, packs, dContext, dContextAt, Write.OVERWRITE, null);
    }

    /** The gradients of queries, keys and values of a group, turned back, from index 0 on, from those of its heads. */
    void attendBackward(Engine engine, int group, Activations kept, float[] dContext, float[] dQkv) {
        AttentionGroups groups = kept.groups;
        int row = groups.groups().firstRow(group);
        int rows = groups.groups().rows(group);
        if (rows == 0) {
            return;
        }
        int cols = layout.cols();
        int at = row * cols;
        engine.attention()
                .backward(
                        groups.shapeOf(group), groups.mask(group), kept.qkv, at, kept.qkv, at + layout.keysAt(),
                        kept.qkv, at + layout.valuesAt(), kept.context, row * modelDim, kept.logSumExp, row * heads,
                        dContext, 0, dQkv, 0, dQkv, layout.keysAt(), dQkv, layout.valuesAt());
        if (layout.rotary() != null) {
            engine.embedding()
                    .rotaryBackward(
                            rows, layout.turnedHeads(), layout.rotary(), groups.positions(), row, 0, dQkv, 0, cols,
                            dQkv, 0, cols);
        }
    }

    /**
     * The number of heads of the queries.
     *
     * @return heads
     */
    public int heads() {
        return heads;
    }

    /**
     * The map that makes queries, keys and values.
     *
     * @return {@code x Wqkv + bqkv}
     */
    public Linear qkv() {
        return qkv;
    }

    /**
     * The map behind the heads.
     *
     * @return {@code heads Wo + bo}
     */
    public Linear output() {
        return output;
    }

    /**
     * Heads, what a token sees, and positions.
     *
     * @return the configuration
     */
    public AttentionConfig config() {
        return layout.config();
    }

    /**
     * The weights that make the queries.
     *
     * @return [modelDim x modelDim], a live view of the first columns
     */
    public Matrix queryWeight() {
        return qkv.weight().matrix().slice(0, 0, modelDim, modelDim);
    }

    /**
     * The weights that make the keys.
     *
     * @return [modelDim x keyDim], a live view of the columns behind those of the queries
     */
    public Matrix keyWeight() {
        return qkv.weight().matrix().slice(0, layout.keysAt(), modelDim, layout.keyDim());
    }

    /**
     * The weights that make the values.
     *
     * @return [modelDim x keyDim], a live view of the last columns
     */
    public Matrix valueWeight() {
        return qkv.weight().matrix().slice(0, layout.valuesAt(), modelDim, layout.keyDim());
    }
}
