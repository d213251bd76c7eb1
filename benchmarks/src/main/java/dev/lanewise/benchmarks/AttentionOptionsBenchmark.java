package dev.lanewise.benchmarks;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionOptions;
import dev.lanewise.AttentionShape;
import dev.lanewise.AttentionTensors;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * What training with options costs: 8 heads of 64, batch 1, without a mask, forward, and forward and backward.
 *
 * <p>Options:
 * <ul>
 * <li>PLAIN: none
 * <li>DROPOUT: one weight in ten is dropped; both passes hash the number of every weight
 * <li>BIAS: a number for each pair that is added to its score, the same for all heads
 * <li>BIAS_GRADIENT: BIAS, and backward its gradient, the sum of all heads, which computes the scores once more
 * </ul>
 *
 * <p>Tokens: 333, odd and shorter than most blocks; 512, the length of {@link AttentionBenchmark}. {@code gflops} counts
 * {@code 4 * heads * tokens^2 * headDim} forward and 14 with backward, whatever the option, so that the rates divide into its
 * price. A good result is 85 % of PLAIN for DROPOUT and BIAS, and 65 % with the gradient of the bias. Outside the
 * timed region: making all operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar AttentionOptionsBenchmark -p tokens=512}
 */
public class AttentionOptionsBenchmark extends LadderBenchmark {
    private static final int HEADS = 8;
    private static final int HEAD_DIM = 64;
    private static final float PROBABILITY = 0.1f;
    private static final long SEED = 42;

    /** A block of queries and of keys, and a part of one that is no multiple of anything. */
    private static final int SHORT_TOKENS = 181;

    /** What attention does besides. */
    public enum Option {
        /** Nothing. */
        PLAIN,
        /** Drops weights. */
        DROPOUT,
        /** Adds a number to each score. */
        BIAS,
        /** The same, with the gradient of those numbers. */
        BIAS_GRADIENT
    }

    /** What attention does besides. */
    @Param({"PLAIN", "DROPOUT", "BIAS", "BIAS_GRADIENT"})
    public Option option;

    /** Number of queries and of keys. */
    @Param({"333", "512"})
    public int tokens;

    private final AttentionTensors tensors = new AttentionTensors();
    private AttentionShape shape;
    private AttentionShape shortShape;
    private AttentionOptions options;
    private AttentionOptions shortOptions;
    private float[] bias;
    private float[] out;
    private float[] dQ;
    private float[] dK;
    private float[] dV;
    private float[] dBias;

    /** For JMH. */
    public AttentionOptionsBenchmark() {}

    @Override
    protected void prepare() {
        shape = AttentionShape.headsFirst(1, HEADS, tokens, tokens, HEAD_DIM);
        shortShape = AttentionShape.headsFirst(1, 1, SHORT_TOKENS, SHORT_TOKENS, HEAD_DIM);
        int size = HEADS * tokens * HEAD_DIM;
        out = new float[size];
        dQ = new float[size];
        dK = new float[size];
        dV = new float[size];
        dBias = new float[tokens * tokens];
        bias = Data.uniform(5, tokens * tokens);
        tensors.q(Data.uniform(1, size), 0).k(Data.uniform(2, size), 0).v(Data.uniform(3, size), 0).out(out, 0)
                .logSumExp(new float[HEADS * tokens], 0).dOut(Data.uniform(4, size), 0).dQ(dQ, 0).dK(dK, 0).dV(dV, 0);
        if (option == Option.BIAS_GRADIENT) {
            tensors.dBias(dBias, 0);
        }
        options = options(tokens);
        shortOptions = options(SHORT_TOKENS);
    }

    private AttentionOptions options(int length) {
        AttentionOptions plain = new AttentionOptions();
        return switch (option) {
            case PLAIN -> plain;
            case DROPOUT -> plain.dropout(PROBABILITY, SEED);
            case BIAS, BIAS_GRADIENT -> plain.mask(AttentionMask.none().withBias(bias, 0, 0, 0, length));
        };
    }

    @Override
    protected void shortCall() {
        engine.attention().forward(shortShape, shortOptions, tensors);
        engine.attention().backward(shortShape, shortOptions, tensors);
    }

    @Override
    protected double work() {
        return 4.0 * HEADS * tokens * tokens * HEAD_DIM;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(out, dQ, dK, dV, dBias);
    }

    /**
     * Attention with the option.
     *
     * @param rate counts the operations
     * @return out
     */
    @Benchmark
    public float[] forward(FlopRate rate) {
        rate.add(work());
        engine.attention().forward(shape, options, tensors);
        return out;
    }

    /**
     * The same, then the gradients of q, k and v, and of the bias.
     *
     * @param rate counts the operations
     * @return the gradient of q
     */
    @Benchmark
    public float[] forwardAndBackward(FlopRate rate) {
        rate.add(work() * 14 / 4);
        engine.attention().forward(shape, options, tensors);
        engine.attention().backward(shape, options, tensors);
        return dQ;
    }
}
