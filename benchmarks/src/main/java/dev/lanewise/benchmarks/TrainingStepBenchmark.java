package dev.lanewise.benchmarks;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * One {@link TrainingStep} of two pre-norm encoder layers: forward, the gradient of a mean squared error, backward, AdamW.
 * modelDim 128, 4 heads, a feed-forward layer of 512 with GELU, sequences of 256 tokens, no dropout. Sequences of a step:
 * <ul>
 * <li>4: all that is kept for the backward pass fits a large cache
 * <li>32: 8192 tokens, 140 MB, as one would train
 * </ul>
 *
 * <p>{@code gflops} counts the products alone: 6 for each token and weight (2 forward, 4 backward) and
 * {@code 14 * batch * seqLen^2 * modelDim} for the attention of each layer. A good result is 75 % of {@link PeakBenchmark}
 * for one thread; {@link TrainingStepBreakdown} shows where the rest goes. Outside the timed region: making the model, x and
 * the target, and the first step, in which memory is reserved.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar TrainingStepBenchmark -p batch=32}
 */
public class TrainingStepBenchmark extends LadderBenchmark {
    private static final int SHORT_LENGTH = 21;

    /** Sequences of a step. */
    @Param({"4", "32"})
    public int batch;

    private TrainingStep step;

    private TrainingStep.Sizes sizes() {
        TrainingStep.Sizes usual = TrainingStep.Sizes.USUAL;
        return new TrainingStep.Sizes(
                usual.layers(), usual.modelDim(), usual.heads(), usual.feedForwardDim(), batch, usual.seqLen());
    }

    @Override
    protected void prepare() {
        step = new TrainingStep(sizes());
    }

    @Override
    protected void shortCall() {
        step.run(engine, 1, SHORT_LENGTH);
    }

    @Override
    protected double work() {
        return sizes().productFlops() + sizes().attentionFlops();
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(step.output(), step.gradient(), step.parameters().gradients());
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
        step.run(engine);
        return step.gradient();
    }
}
