package dev.lanewise.benchmarks;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionOptions;
import dev.lanewise.AttentionShape;
import dev.lanewise.AttentionTensors;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * What a mask saves, or costs: 8 heads of 64, batch 1, forward, and forward and backward.
 *
 * <p>Masks:
 * <ul>
 * <li>NONE: every query sees every key
 * <li>CAUSAL: keys up to the query's own, half of all
 * <li>WINDOW: the 255 keys before a query and its own, as long documents are read
 * <li>PADDING: three quarters of the keys
 * <li>BIAS: all keys, and a number for each pair that is added to its score, the same for all heads
 * </ul>
 *
 * <p>Tokens: 333, odd and shorter than most blocks; 2048, a long document. {@code gflops} counts only pairs of a query and a
 * key that it sees, 4 operations for each element of the head forward and 14 with backward; so a mask whose blocks were
 * computed and thrown away shows as a low rate. A good result at 2048 tokens is nine tenths of NONE for CAUSAL and WINDOW,
 * the rest being diagonals. NAIVE has only WINDOW there: the others would take minutes, and are left out. Outside the timed
 * region: making all operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar AttentionMaskBenchmark -p tokens=2048
 * -p implementation=VECTOR,VECTOR_PARALLEL}
 */
public class AttentionMaskBenchmark extends LadderBenchmark implements NaiveLimit {
    private static final int HEADS = 8;
    private static final int HEAD_DIM = 64;
    private static final int BEFORE = 255;
    private static final double MOST_NAIVE_WORK = 3.5e9;
    private static final int SHORT_TOKENS = 181;

    /** Which keys a query sees. */
    public enum Mask {
        /** All. */
        NONE,
        /** Those up to its own position. */
        CAUSAL,
        /** Its own and 255 before. */
        WINDOW,
        /** Three quarters of all. */
        PADDING,
        /** All, with a summand for each score. */
        BIAS
    }

    /** Which keys a query sees. */
    @Param({"NONE", "CAUSAL", "WINDOW", "PADDING", "BIAS"})
    public Mask mask;

    /** Number of queries and of keys. */
    @Param({"333", "2048"})
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

    /** For JMH. */
    public AttentionMaskBenchmark() {}

    @Override
    protected void prepare() {
        if (naive() && naiveTakesMinutes()) {
            throw new IllegalStateException(
                    "NAIVE ends before " + mask + " over " + tokens
                            + " tokens, which would take minutes: leave it out with"
                            + " -p implementation=VECTOR,VECTOR_PARALLEL");
        }
        shape = AttentionShape.headsFirst(1, HEADS, tokens, tokens, HEAD_DIM);
        shortShape = AttentionShape.headsFirst(1, 1, SHORT_TOKENS, SHORT_TOKENS, HEAD_DIM);
        int size = HEADS * tokens * HEAD_DIM;
        out = new float[size];
        dQ = new float[size];
        dK = new float[size];
        dV = new float[size];
        bias = mask == Mask.BIAS ? Data.uniform(5, tokens * tokens) : new float[0];
        tensors.q(Data.uniform(1, size), 0).k(Data.uniform(2, size), 0).v(Data.uniform(3, size), 0).out(out, 0)
                .logSumExp(new float[HEADS * tokens], 0).dOut(Data.uniform(4, size), 0).dQ(dQ, 0).dK(dK, 0).dV(dV, 0);
        options = new AttentionOptions().mask(mask(tokens));
        shortOptions = new AttentionOptions().mask(mask(SHORT_TOKENS));
    }

    @Override
    public boolean naiveTakesMinutes() {
        return work() > MOST_NAIVE_WORK;
    }

    private AttentionMask mask(int length) {
        return switch (mask) {
            case NONE -> AttentionMask.none();
            case CAUSAL -> AttentionMask.causal();
            case WINDOW -> AttentionMask.window(BEFORE, 0);
            case PADDING -> AttentionMask.keyLengths(new int[] {seenKeys(length)});
            case BIAS -> AttentionMask.none().withBias(bias, 0, 0, 0, length);
        };
    }

    private static int seenKeys(int length) {
        return length * 3 / 4;
    }

    @Override
    protected void shortCall() {
        engine.attention().forward(shortShape, shortOptions, tensors);
        engine.attention().backward(shortShape, shortOptions, tensors);
    }

    @Override
    protected double work() {
        double pairs = switch (mask) {
            case NONE, BIAS -> (double) tokens * tokens;
            case CAUSAL -> triangle(tokens);
            case WINDOW -> triangle(tokens) - triangle(Math.max(0, tokens - BEFORE - 1));
            case PADDING -> (double) tokens * seenKeys(tokens);
        };
        return 4 * HEADS * HEAD_DIM * pairs;
    }

    private static double triangle(int n) {
        return n * (n + 1.0) / 2;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(out, dQ, dK, dV);
    }

    /**
     * Attention with the mask.
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
     * The same, then the gradients of q, k and v.
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
