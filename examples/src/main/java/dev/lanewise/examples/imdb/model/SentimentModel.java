package dev.lanewise.examples.imdb.model;

import dev.lanewise.Engine;
import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.text.NGramVocabulary;
import dev.lanewise.examples.imdb.text.Vocabulary;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.AttentionPooling;
import dev.lanewise.nn.ClassifierHead;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Embedding;
import dev.lanewise.nn.Encoder;
import dev.lanewise.nn.Initializer;
import dev.lanewise.nn.MaxPooling;
import dev.lanewise.nn.MeanPooling;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Parameters;
import dev.lanewise.nn.PositionalEncoding;
import dev.lanewise.nn.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A transformer encoder that tells positive reviews from negative ones. With d the width of the model:
 *
 * <pre>
 * x      = dropout(word + bigram + trigram)          [batch * seqLen x d]
 * groups = sums of g neighbouring tokens + positions [batch * seqLen / g x d]
 * y      = encoder(groups), pre-norm blocks          [batch * seqLen / g x d]
 * r      = mean(y) | max(y) | attention(y) | sum(x)  [batch x 4d]
 * logits = dropout(r) W + b                          [batch x 2]
 * </pre>
 *
 * Padding is masked in attention and in all four summaries. The last summary by-passes the encoder: a bag of words and
 * n-grams, which the encoder then refines.
 */
public final class SentimentModel {

    /** Negative and positive. */
    public static final int CLASSES = 2;

    /** Spread of the words' first vectors; n-grams start at zero and so are silent until they have proved something. */
    private static final double WORD_SPREAD = 0.05;

    /** Positions start no louder than the words. */
    private static final double POSITION_AMPLITUDE = 0.05;

    private static final int SUMMARIES = 4;

    private final ModelConfig config;
    private final int dim;
    private final Parameters tables;
    private final Parameters parameters;
    private final Embedding words;
    private final Embedding bigrams;
    private final Embedding trigrams;
    private final Dropout inputDropout;
    private final TokenGroups groups;
    private final PositionalEncoding positions;
    private final Encoder encoder;
    private final MeanPooling mean;
    private final MaxPooling max;
    private final AttentionPooling attention;
    private final ClassifierHead head;

    /**
     * A model with random weights.
     *
     * @param config its shape and seed
     * @param vocabulary the words
     * @param ngrams pairs and triples; null for words only
     * @throws ImdbException if the vectors of all words, pairs or triples do not fit in an array
     */
    public SentimentModel(ModelConfig config, Vocabulary vocabulary, NGramVocabulary ngrams) {
        this.config = config;
        dim = config.modelDim();
        Parameters.Builder rows = Parameters.builder(config.seed());
        words = table(rows, "words", vocabulary.size(), Vocabulary.PAD, Initializer.normal(WORD_SPREAD));
        bigrams = ngrams == null ? null : silent(rows, "bigrams", ngrams.bigramCount());
        trigrams = ngrams == null ? null : silent(rows, "trigrams", ngrams.trigramCount());
        tables = rows.build();

        Parameters.Builder builder = Parameters.builder(config.seed());
        float dropout = (float) config.dropout();
        inputDropout = new Dropout(builder, "input", (float) config.inputDropout());
        groups = new TokenGroups(dim, config.group());
        positions = new PositionalEncoding(dim, POSITION_AMPLITUDE);
        encoder = new Encoder(
                builder,
                "encoder",
                new Encoder.Config(
                        dim, config.heads(), config.feedForward(), config.layers(), Activation.RELU, dropout, false));
        mean = new MeanPooling(dim);
        max = new MaxPooling(dim);
        attention = new AttentionPooling(builder, "pooling", dim);
        head = new ClassifierHead(builder, "head", SUMMARIES * dim, CLASSES, (float) config.headDropout());
        parameters = builder.build();
        // Without an opinion at first: the loss starts at ln 2 whatever the summaries are, and falls from there.
        Parameter last = head.linear().weight();
        Arrays.fill(last.values(), last.offset(), last.offset() + last.size(), 0f);
    }

    private Embedding silent(Parameters.Builder builder, String name, int count) {
        return table(builder, name, count + 1, 0, Initializer.constant(0));
    }

    private Embedding table(Parameters.Builder builder, String name, int count, int padding, Initializer initializer) {
        if ((long) count * dim > Integer.MAX_VALUE) {
            throw new ImdbException(
                    "the " + name + " are too many for vectors of modelDim = " + dim + " values: " + count
                            + " of them, and " + Integer.MAX_VALUE / dim
                            + " fit; take fewer words and n-grams or narrower vectors");
        }
        return new Embedding(builder, name, count, dim, padding, initializer);
    }

    /**
     * A model with saved weights.
     *
     * @param saved what a folder held
     * @return the model, which answers exactly as the one that was saved
     * @throws ModelFormatException if a weight is missing, has another shape or is not known
     */
    public static SentimentModel of(SavedModel saved) {
        SentimentModel model = new SentimentModel(saved.config(), saved.vocabulary(), saved.ngrams());
        Set<String> names = new HashSet<>();
        for (Parameter parameter : model.allParameters()) {
            names.add(parameter.name());
            float[] values = saved.weights(parameter.name(), parameter.rows(), parameter.cols());
            System.arraycopy(values, 0, parameter.values(), parameter.offset(), parameter.size());
        }
        saved.requireOnly(names);
        return model;
    }

    /**
     * The weights by name, copied.
     *
     * @return tensors of two dimensions
     */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : allParameters()) {
            float[] values = Arrays.copyOfRange(
                    parameter.values(), parameter.offset(), parameter.offset() + parameter.size());
            tensors.put(parameter.name(), Tensor.matrix(parameter.rows(), parameter.cols(), values));
        }
        return tensors;
    }

    private List<Parameter> allParameters() {
        List<Parameter> all = new ArrayList<>(tables.all());
        all.addAll(parameters.all());
        return all;
    }

    /**
     * The shape.
     *
     * @return what the model was made with
     */
    public ModelConfig config() {
        return config;
    }

    /**
     * The embedding tables: words and, where there are any, bigrams and trigrams, in this order.
     *
     * @return parameters of which a step touches few rows
     */
    public Parameters tables() {
        return tables;
    }

    /**
     * All other parameters.
     *
     * @return parameters that each step changes
     */
    public Parameters parameters() {
        return parameters;
    }

    /** What a forward pass keeps for the backward pass. Grown to the largest batch, then used again. */
    public static final class Activations {
        private final Embedding.Activations words = new Embedding.Activations();
        private final Embedding.Activations bigrams = new Embedding.Activations();
        private final Embedding.Activations trigrams = new Embedding.Activations();
        private final Encoder.Activations encoder = new Encoder.Activations();
        private final MaxPooling.Activations max = new MaxPooling.Activations();
        private final AttentionPooling.Activations attention = new AttentionPooling.Activations();
        private final ClassifierHead.Activations head = new ClassifierHead.Activations();
        private ModelInput input;
        private int[] groupLengths = new int[0];
        private float[] x = new float[0];
        private float[] dX = new float[0];
        private float[] groups = new float[0];
        private float[] dGroups = new float[0];
        private float[] dEncoded = new float[0];
        private float[] summary = new float[0];
        private float[] pooled = new float[0];
        private float[] logits = new float[0];

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * The logits of the last forward pass.
         *
         * @return [size x 2], live
         */
        public float[] logits() {
            return logits;
        }

        /**
         * The vectors of the tokens, after dropout; may be changed between {@link #embed} and {@link #forward}.
         *
         * @return [size * seqLen x modelDim], live
         */
        public float[] x() {
            return x;
        }

        /**
         * The gradient of the tokens' vectors, zero for padding.
         *
         * @return [size * seqLen x modelDim], live
         */
        public float[] dX() {
            return dX;
        }
    }

    /**
     * Looks the tokens up; their vectors are in {@code kept.x()}.
     *
     * @param engine runs it
     * @param input the reviews, padded to a multiple of the group; must stay as they are until the backward pass
     * @param kept receives the vectors
     * @param step number of the training step from 0, or {@link Dropout#EVALUATION}
     */
    public void embed(Engine engine, ModelInput input, Activations kept, long step) {
        int tokens = input.size() * input.seqLen();
        int n = tokens * dim;
        kept.input = input;
        kept.x = grow(kept.x, n);
        if (bigrams == null) {
            words.forward(engine, tokens, input.words(), kept.x, Write.OVERWRITE, kept.words);
        } else {
            bigrams.forward(engine, tokens, input.bigrams(), kept.x, Write.OVERWRITE, kept.bigrams);
            trigrams.forward(engine, tokens, input.trigrams(), kept.x, Write.ADD, kept.trigrams);
            scale(engine, n, input.ngramScale() / input.wordScale(), kept.x);
            words.forward(engine, tokens, input.words(), kept.x, Write.ADD, kept.words);
        }
        scale(engine, n, input.wordScale(), kept.x);
        inputDropout.apply(engine, n, step, kept.x, kept.x);
    }

    /**
     * From the tokens' vectors to the logits, which are in {@code kept.logits()}.
     *
     * @param engine runs it
     * @param kept what {@link #embed} has filled
     * @param step number that the dropout of this pass depends on, or {@link Dropout#EVALUATION}
     */
    public void forward(Engine engine, Activations kept, long step) {
        ModelInput input = kept.input;
        int size = input.size();
        int seqLen = input.seqLen() / config.group();
        kept.groups = grow(kept.groups, size * seqLen * dim);
        kept.pooled = grow(kept.pooled, size * dim);
        kept.summary = grow(kept.summary, size * SUMMARIES * dim);
        kept.logits = grow(kept.logits, size * CLASSES);
        kept.groupLengths = kept.groupLengths.length < size ? new int[size] : kept.groupLengths;
        for (int b = 0; b < size; b++) {
            kept.groupLengths[b] = groups.count(input.lengths()[b]);
        }
        groups.forward(engine, input, kept.x, kept.groups, kept.pooled);
        toSummary(kept, size, 3);
        positions.addTo(engine, size, seqLen, kept.groups);
        encoder.forward(engine, size, seqLen, kept.groupLengths, kept.groups, kept.encoder, step);
        float[] y = kept.encoder.output();
        mean.forward(engine, size, seqLen, kept.groupLengths, y, kept.pooled);
        toSummary(kept, size, 0);
        max.forward(engine, size, seqLen, kept.groupLengths, y, kept.pooled, kept.max);
        toSummary(kept, size, 1);
        attention.forward(engine, size, seqLen, kept.groupLengths, y, kept.pooled, kept.attention);
        toSummary(kept, size, 2);
        head.forward(engine, size, kept.summary, kept.logits, kept.head, step);
    }

    /**
     * Adds to the gradients of all parameters but the tables, and to or over that of the tokens' vectors.
     *
     * @param engine runs it
     * @param kept what {@link #forward} has filled; the summary is overwritten by its gradient
     * @param dLogits [size x 2]; not modified
     * @param write whether {@code kept.dX()} is overwritten or added to
     */
    public void backward(Engine engine, Activations kept, float[] dLogits, Write write) {
        ModelInput input = kept.input;
        int size = input.size();
        int seqLen = input.seqLen() / config.group();
        kept.dX = grow(kept.dX, size * input.seqLen() * dim);
        kept.dGroups = grow(kept.dGroups, size * seqLen * dim);
        kept.dEncoded = grow(kept.dEncoded, size * seqLen * dim);
        float[] y = kept.encoder.output();
        head.backward(engine, kept.head, dLogits, kept.summary);
        fromSummary(kept, size, 0);
        mean.backward(engine, size, seqLen, kept.groupLengths, kept.pooled, kept.dEncoded);
        fromSummary(kept, size, 1);
        max.backward(engine, size, seqLen, kept.pooled, kept.dEncoded, Write.ADD, kept.max);
        fromSummary(kept, size, 2);
        attention.backward(engine, size, seqLen, y, kept.pooled, kept.dEncoded, Write.ADD, kept.attention);
        encoder.backward(engine, kept.encoder, kept.dEncoded, kept.dGroups);
        fromSummary(kept, size, 3);
        groups.backward(engine, input, kept.dGroups, kept.pooled, kept.dX, write == Write.ADD);
    }

    /**
     * Adds the gradient of the tokens' vectors to the rows of the tables.
     *
     * @param engine runs it
     * @param kept what {@link #backward} has filled; {@code kept.dX()} is overwritten
     * @param step that of {@link #embed}
     */
    public void embedBackward(Engine engine, Activations kept, long step) {
        ModelInput input = kept.input;
        int n = input.size() * input.seqLen() * dim;
        inputDropout.apply(engine, n, step, kept.dX, kept.dX);
        scale(engine, n, input.wordScale(), kept.dX);
        words.backward(engine, kept.words, kept.dX);
        if (bigrams != null) {
            scale(engine, n, input.ngramScale() / input.wordScale(), kept.dX);
            bigrams.backward(engine, kept.bigrams, kept.dX);
            trigrams.backward(engine, kept.trigrams, kept.dX);
        }
    }

    private static void scale(Engine engine, int n, float factor, float[] x) {
        if (factor != 1) {
            engine.elementwise().scale(n, factor, x, 0, x, 0);
        }
    }

    /** Copies what was pooled to its columns of the summary. */
    private void toSummary(Activations kept, int size, int part) {
        for (int b = 0; b < size; b++) {
            System.arraycopy(kept.pooled, b * dim, kept.summary, (b * SUMMARIES + part) * dim, dim);
        }
    }

    private void fromSummary(Activations kept, int size, int part) {
        for (int b = 0; b < size; b++) {
            System.arraycopy(kept.summary, (b * SUMMARIES + part) * dim, kept.pooled, b * dim, dim);
        }
    }

    private static float[] grow(float[] data, int size) {
        return data.length >= size ? data : new float[size];
    }
}
