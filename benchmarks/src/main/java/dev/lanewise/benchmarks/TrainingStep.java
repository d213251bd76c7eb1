package dev.lanewise.benchmarks;

import dev.lanewise.Engine;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.Encoder;
import dev.lanewise.nn.EncoderBlock;
import dev.lanewise.nn.Parameters;
import dev.lanewise.optim.AdamW;
import java.util.ArrayList;
import java.util.List;

/**
 * One training step of a stack of pre-norm encoder layers, as others measure it: forward, the gradient of a mean squared
 * error, backward, AdamW. No dropout, no padding, and no norm behind the last layer: what remains is what every library's
 * encoder layer computes.
 */
public final class TrainingStep {
    /**
     * The sizes of the model and of the batch.
     *
     * @param layers encoder layers
     * @param modelDim columns of a token
     * @param heads attention heads of a layer
     * @param feedForwardDim hidden columns of the feed-forward layer
     * @param batch sequences
     * @param seqLen tokens of each
     */
    public record Sizes(int layers, int modelDim, int heads, int feedForwardDim, int batch, int seqLen) {
        /** A model that learns film reviews in minutes, and a batch of it. */
        public static final Sizes USUAL = new Sizes(2, 128, 4, 512, 32, 256);

        /**
         * The tokens of a step.
         *
         * @return batch times seqLen
         */
        public int tokens() {
            return batch * seqLen;
        }

        /**
         * Floating-point operations of the matrix products of a step: for each token and weight 2 forward and 4 backward.
         *
         * @return operations; a multiply-add counts as two
         */
        public double productFlops() {
            double weights = 4.0 * modelDim * modelDim + 2.0 * modelDim * feedForwardDim;
            return 6.0 * layers * tokens() * weights;
        }

        /**
         * Floating-point operations of attention in a step: two products forward, and five backward, of
         * {@code seqLen x seqLen x modelDim} for each sequence.
         *
         * @return operations; a multiply-add counts as two
         */
        public double attentionFlops() {
            return 14.0 * layers * tokens() * seqLen * modelDim;
        }

        /** Elements of the largest array of a step: queries, keys and values, or the hidden layer. */
        double largestArray() {
            return (double) batch * seqLen * Math.max(3 * modelDim, feedForwardDim);
        }

        /**
         * Bytes of the arrays of a step, the weights not counted. Kept for each token: the batch, its target and its gradient;
         * in each layer queries, keys and values, context, the sum after attention, the output, the hidden layer, logSumExp
         * and what the norms keep. Each thread holds the same of a group of sequences, forward and backward, which is one
         * sequence where they are long.
         */
        double bytes(int threads) {
            double group = 6.0 * modelDim + feedForwardDim;
            double token = 3.0 * modelDim + layers * (group + heads + 4);
            return Float.BYTES * ((double) batch * seqLen * token + 2.0 * threads * seqLen * group);
        }
    }

    private static final float LEARNING_RATE = 1e-4f;

    private final Sizes sizes;
    private final List<EncoderBlock> layers = new ArrayList<>();
    private final List<EncoderBlock.Activations> kept = new ArrayList<>();
    private final EncoderBlock.Scratch scratch = new EncoderBlock.Scratch();
    private final Parameters parameters;
    private final AdamW optimizer;
    private final float[] x;
    private final float[] minusTarget;
    private final float[] gradient;
    private long steps;

    /**
     * A model, its optimiser, and a batch of random numbers.
     *
     * @param sizes of model and batch
     */
    public TrainingStep(Sizes sizes) {
        this.sizes = sizes;
        Parameters.Builder builder = Parameters.builder(1);
        Encoder.Config config = new Encoder.Config(
                sizes.modelDim(), sizes.heads(), sizes.feedForwardDim(), sizes.layers(), Activation.GELU, 0f, false);
        for (int i = 0; i < sizes.layers(); i++) {
            layers.add(new EncoderBlock(builder, "layer" + i, config));
            kept.add(new EncoderBlock.Activations());
        }
        parameters = builder.build();
        optimizer = new AdamW(parameters, AdamW.Settings.DEFAULT);
        int size = sizes.tokens() * sizes.modelDim();
        x = Data.uniform(2, size);
        minusTarget = Data.uniform(3, size);
        gradient = new float[size];
    }

    /**
     * One step of the whole batch.
     *
     * @param engine runs it
     */
    public void run(Engine engine) {
        run(engine, sizes.batch(), sizes.seqLen());
    }

    /** One step of a part of the batch. */
    void run(Engine engine, int batch, int seqLen) {
        int size = batch * seqLen * sizes.modelDim();
        parameters.zeroGradients();
        float[] h = x;
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).forward(engine, batch, seqLen, null, h, kept.get(i), steps);
            h = kept.get(i).output();
        }
        engine.elementwise().add(size, h, 0, minusTarget, 0, gradient, 0);
        engine.elementwise().scale(size, 2f / size, gradient, 0, gradient, 0);
        for (int i = layers.size() - 1; i >= 0; i--) {
            layers.get(i).backward(engine, kept.get(i), gradient, scratch);
        }
        optimizer.step(engine, LEARNING_RATE);
        steps++;
    }

    /**
     * The parameters of the model.
     *
     * @return values and gradients, live
     */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * The output of the last layer.
     *
     * @return [tokens x modelDim], live
     */
    public float[] output() {
        return kept.getLast().output();
    }

    /**
     * The gradient of the input.
     *
     * @return [tokens x modelDim], live
     */
    public float[] gradient() {
        return gradient;
    }
}
