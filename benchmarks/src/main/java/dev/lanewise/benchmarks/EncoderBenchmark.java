package dev.lanewise.benchmarks;

import dev.lanewise.nn.Activation;
import dev.lanewise.nn.Encoder;
import dev.lanewise.nn.EncoderBlock;
import dev.lanewise.nn.Parameters;
import dev.lanewise.optim.AdamW;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * One training step of a pre-norm encoder block: forward, the gradient of a squared error, backward, AdamW. It shows how
 * much of the kernels' speed is left when they follow one another as they do in training.
 *
 * <p>The block has modelDim 128, 4 heads, a feed-forward layer of 512 with GELU, dropout 0.1; the batch has 8 sequences:
 * the size of a model that learns film reviews in minutes. Tokens of each:
 * <ul>
 * <li>101: odd, and short enough for the products of the projections to outweigh attention
 * <li>256: the length at which such a model reads a review
 * </ul>
 *
 * <p>{@code gflops} counts the products alone: 6 for each token and weight (2 forward, 4 backward) and
 * {@code 14 * batch * seqLen^2 * modelDim} for attention. A good result is 60 % of {@link PeakBenchmark} for one thread.
 * Outside the timed region: making the block, x and the target, and the first step, in which memory is reserved.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar EncoderBenchmark -p seqLen=256}
 */
public class EncoderBenchmark extends LadderBenchmark {
    private static final int BATCH = 8;
    private static final int MODEL_DIM = 128;
    private static final int HEADS = 4;
    private static final int FEED_FORWARD_DIM = 512;
    private static final float DROPOUT = 0.1f;
    private static final float LEARNING_RATE = 1e-4f;
    private static final int SHORT_LENGTH = 21;

    /** Tokens of each sequence. */
    @Param({"101", "256"})
    public int seqLen;

    private EncoderBlock block;
    private Parameters parameters;
    private AdamW optimizer;
    private EncoderBlock.Activations kept;
    private EncoderBlock.Scratch scratch;
    private float[] x;
    private float[] minusTarget;
    private float[] gradient;
    private long steps;

    @Override
    protected void prepare() {
        Parameters.Builder builder = Parameters.builder(1);
        block = new EncoderBlock(
                builder, "block",
                new Encoder.Config(MODEL_DIM, HEADS, FEED_FORWARD_DIM, 1, Activation.GELU, DROPOUT, false));
        parameters = builder.build();
        optimizer = new AdamW(parameters, AdamW.Settings.DEFAULT);
        kept = new EncoderBlock.Activations();
        scratch = new EncoderBlock.Scratch();
        int size = BATCH * seqLen * MODEL_DIM;
        x = Data.uniform(2, size);
        minusTarget = Data.uniform(3, size);
        gradient = new float[size];
        steps = 0;
    }

    @Override
    protected void shortCall() {
        step(1, SHORT_LENGTH);
    }

    @Override
    protected double work() {
        double weights = 4.0 * MODEL_DIM * MODEL_DIM + 2.0 * MODEL_DIM * FEED_FORWARD_DIM;
        return BATCH * seqLen * (6 * weights + 14.0 * seqLen * MODEL_DIM);
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(kept.output(), gradient, parameters.gradients());
    }

    /**
     * One step.
     *
     * @param rate counts the operations
     * @return the gradient of x
     */
    @Benchmark
    public float[] trainingStep(FlopRate rate) {
        rate.add(work());
        step(BATCH, seqLen);
        return gradient;
    }

    private void step(int batch, int length) {
        int size = batch * length * MODEL_DIM;
        parameters.zeroGradients();
        block.forward(engine, batch, length, null, x, kept, steps++);
        // Of half the squared distance from a target that no block can reach: the gradient never fades.
        engine.elementwise().add(size, kept.output(), 0, minusTarget, 0, gradient, 0);
        engine.elementwise().scale(size, 1f / size, gradient, 0, gradient, 0);
        block.backward(engine, kept, gradient, scratch);
        optimizer.step(engine, LEARNING_RATE);
    }
}
