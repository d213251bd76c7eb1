package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.optim.AdamW;
import dev.lanewise.optim.GradientClipping;
import java.util.Map;

/** A whole classifier of token sequences, small enough for central differences. */
final class TinyClassifier {
    static final int CLASSES = 2;

    final Encoder.Config config;
    final int dim;
    final Parameters parameters;
    private final Embedding words;
    private final PositionalEncoding positions;
    private final Dropout inputDropout;
    private final Encoder encoder;
    private final MeanPooling pooling;
    private final ClassifierHead head;
    private final CrossEntropyLoss loss = new CrossEntropyLoss(CLASSES);

    private final Embedding.Activations keptWords = new Embedding.Activations();
    private final Encoder.Activations keptEncoder = new Encoder.Activations();
    private final ClassifierHead.Activations keptHead = new ClassifierHead.Activations();
    private final CrossEntropyLoss.Activations keptLoss = new CrossEntropyLoss.Activations();

    TinyClassifier(long seed, int vocabulary, Encoder.Config config) {
        this.config = config;
        dim = config.modelDim();
        Parameters.Builder builder = Parameters.builder(seed);
        words = new Embedding(builder, "words", vocabulary, dim, 0, Initializer.normal(0.5));
        positions = new PositionalEncoding(dim);
        inputDropout = new Dropout(builder, "input", config.dropout());
        encoder = new Encoder(builder, "encoder", config);
        pooling = new MeanPooling(dim);
        head = new ClassifierHead(builder, "head", dim, CLASSES, config.dropout());
        parameters = builder.build();
    }

    /** Forward and backward pass; the mean loss. Gradients are added to. */
    double gradients(Engine engine, Oracle.Batch shape, int[] ids, int[] labels, long step) {
        int batch = shape.batch();
        int seqLen = shape.seqLen();
        int tokens = shape.tokens();
        float[] x = new float[tokens * dim];
        float[] pooled = new float[batch * dim];
        float[] logits = new float[batch * CLASSES];
        words.forward(engine, tokens, ids, x, Write.OVERWRITE, keptWords);
        positions.addTo(engine, batch, seqLen, x);
        inputDropout.apply(engine, tokens * dim, step, x, x);
        encoder.forward(engine, batch, seqLen, shape.lengths(), x, keptEncoder, step);
        pooling.forward(engine, batch, seqLen, shape.lengths(), keptEncoder.output(), pooled);
        head.forward(engine, batch, pooled, logits, keptHead, step);
        double mean = loss.forwardBackward(engine, batch, logits, labels, keptLoss, logits);

        float[] dY = new float[tokens * dim];
        float[] dX = new float[tokens * dim];
        head.backward(engine, keptHead, logits, pooled);
        pooling.backward(engine, batch, seqLen, shape.lengths(), pooled, dY);
        encoder.backward(engine, keptEncoder, dY, dX);
        inputDropout.apply(engine, tokens * dim, step, dX, dX);
        words.backward(engine, keptWords, dX);
        return mean;
    }

    /** One step of training; the mean loss before it. */
    double train(
            Engine engine,
            Oracle.Batch shape,
            int[] ids,
            int[] labels,
            long step,
            GradientClipping clipping,
            AdamW optimizer,
            float learningRate) {
        parameters.zeroGradients();
        double mean = gradients(engine, shape, ids, labels, step);
        double norm = clipping.norm(engine, parameters);
        optimizer.step(engine, learningRate, clipping.factor(norm));
        return mean;
    }

    /** The mean loss in double, without dropout. */
    double oracle(Map<String, double[]> p, Oracle.Batch shape, int[] ids, int[] labels) {
        double[] x = new double[shape.tokens() * dim];
        double[] table = p.get("words");
        for (int token = 0; token < shape.tokens(); token++) {
            for (int c = 0; c < dim; c++) {
                double angle = token % shape.seqLen() / Math.pow(10000, (double) (c - c % 2) / dim);
                x[token * dim + c] = c % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
                if (ids[token] > 0) {
                    x[token * dim + c] += table[ids[token] * dim + c];
                }
            }
        }
        double[] y = Oracle.encoder(p, "encoder", config, shape, x);
        double[] pooled = Oracle.meanPool(y, shape, dim);
        return Oracle.crossEntropy(
                Oracle.linear(p, "head", pooled, shape.batch()), labels, shape.batch());
    }
}
