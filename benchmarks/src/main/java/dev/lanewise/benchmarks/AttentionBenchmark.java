package dev.lanewise.benchmarks;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionShape;
import dev.lanewise.benchmarks.peers.TrainingWorkload;
import dev.lanewise.benchmarks.peers.Workload;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Scaled dot-product self-attention without a mask, batch 1, 8 heads, stored head after head. Masks are in
 * {@link AttentionMaskBenchmark}, batches in {@link AttentionBatchBenchmark}.
 *
 * <p>Tokens:
 * <ul>
 * <li>128: a short review; the scores of a head, 64 KB, lie in the second-level cache
 * <li>333: odd, so that every block ends in an edge
 * <li>512: the longest that BERT reads (Devlin et al., 2018); the scores of a head take 1 MB
 * <li>2048: a long document; the scores of a head take 16 MB, which only a tiled kernel never writes. NAIVE ends at 512: it
 * would take minutes, and is left out
 * </ul>
 *
 * <p>Elements of a head: 64 in the base Transformer (Vaswani et al., 2017), 32 in small models, 128 in today's large ones.
 *
 * <p>{@code gflops} counts {@code 4 * heads * tokens^2 * headDim} forward (two products) and 14 forward and backward (two
 * and five), the exponentials not. A good result is 75 % of {@link PeakBenchmark} for one thread and 512 tokens, forward;
 * NAIVE materialises the scores and multiplies with plain loops. Outside the timed region: making q, k, v and dOut.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar AttentionBenchmark -p tokens=512 -p headDim=64}
 */
public class AttentionBenchmark extends LadderBenchmark implements NaiveLimit {
    private static final int HEADS = 8;
    private static final int MOST_NAIVE_TOKENS = 512;

    /** A block of queries and of keys, and a part of one that is no multiple of anything. */
    private static final int SHORT_TOKENS = 181;

    /** Number of queries and of keys. */
    @Param({"128", "333", "512", "2048"})
    public int tokens;

    /** Elements of a head. */
    @Param({"64", "32", "128"})
    public int headDim;

    private AttentionShape shape;
    private AttentionShape shortShape;
    private float[] q;
    private float[] k;
    private float[] v;
    private float[] out;
    private float[] logSumExp;
    private float[] dOut;
    private float[] dQ;
    private float[] dK;
    private float[] dV;

    @Override
    protected void prepare() {
        if (naive() && naiveTakesMinutes()) {
            throw new IllegalStateException(
                    "NAIVE ends at " + MOST_NAIVE_TOKENS + " tokens, since " + tokens + " would take minutes: leave it"
                            + " out with -p implementation=VECTOR,VECTOR_PARALLEL");
        }
        shape = AttentionShape.headsFirst(1, HEADS, tokens, tokens, headDim);
        shortShape = AttentionShape.headsFirst(1, 1, SHORT_TOKENS, SHORT_TOKENS, headDim);
        int size = HEADS * tokens * headDim;
        q = Data.uniform(1, size);
        k = Data.uniform(2, size);
        v = Data.uniform(3, size);
        dOut = Data.uniform(4, size);
        out = new float[size];
        logSumExp = new float[HEADS * tokens];
        dQ = new float[size];
        dK = new float[size];
        dV = new float[size];
    }

    @Override
    public boolean naiveTakesMinutes() {
        return tokens > MOST_NAIVE_TOKENS;
    }

    @Override
    protected void shortCall() {
        forward(shortShape);
        backward(shortShape);
    }

    @Override
    protected double work() {
        return 4.0 * HEADS * tokens * tokens * headDim;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(out, logSumExp, dQ, dK, dV);
    }

    @Override
    protected List<Workload> workloads() {
        Workload.Attention forward = new Workload.Attention(1, HEADS, tokens, headDim, false, q, k, v, out);
        return List.of(forward, new TrainingWorkload.Attention(forward, dOut, dQ, dK, dV));
    }

    /**
     * {@code out = softmax(q * transpose(k) / sqrt(headDim)) * v} for each head.
     *
     * @param rate counts the operations
     * @return out
     */
    @Benchmark
    public float[] forward(FlopRate rate) {
        rate.add(work());
        if (!runPeer(0)) {
            forward(shape);
        }
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
        if (!runPeer(1)) {
            forward(shape);
            backward(shape);
        }
        return dQ;
    }

    private void forward(AttentionShape of) {
        engine.attention().forward(of, AttentionMask.none(), q, 0, k, 0, v, 0, out, 0, logSumExp, 0);
    }

    private void backward(AttentionShape of) {
        engine.attention().backward(
                of, AttentionMask.none(), q, 0, k, 0, v, 0, out, 0, logSumExp, 0, dOut, 0, dQ, 0, dK, 0, dV, 0);
    }
}
