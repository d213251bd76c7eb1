package dev.lanewise.benchmarks;

import dev.lanewise.AttentionOptions;
import dev.lanewise.AttentionShape;
import dev.lanewise.AttentionTensors;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Attention over batches as training and generating have them: 32 sequences, 4 heads of 32, rows of q, k and v interleaved
 * in one array as one product for all three leaves them.
 *
 * <p>Batches:
 * <ul>
 * <li>UNIFORM: every sequence has the mean length of the following
 * <li>RAGGED: lengths of film reviews, end to end without padding, in an order without a pattern
 * <li>GROUPED: UNIFORM, with one head of keys and values for all heads of queries
 * <li>CACHE: one new token each, against UNIFORM's keys and values
 * </ul>
 *
 * <p>{@code gflops} counts pairs of a query and a key of the same sequence, 4 operations for each element of the head forward
 * and 14 with backward. A good result is nine tenths of UNIFORM for RAGGED, on one thread and on all. CACHE reads keys and
 * values once for each token and is bound by memory. Outside the timed region: making all operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar AttentionBatchBenchmark}
 */
public class AttentionBatchBenchmark extends LadderBenchmark {
    private static final int HEADS = 4;
    private static final int HEAD_DIM = 32;

    /** Words in film reviews: of 30,000 reviews of IMDb, sorted by length, the middle one of each of 32 equal parts. */
    private static final int[] REVIEWS = {
        45, 62, 79, 95, 107, 115, 120, 125, 129, 134, 139, 144, 150, 156, 163, 170, 179, 188, 198, 209, 222, 237, 252,
        272, 295, 320, 352, 389, 438, 505, 610, 830
    };

    /** A step through the sorted lengths that meets each once, so that long and short ones alternate. */
    private static final int STRIDE = 13;

    /** Queries of a block: the short call has every remainder beyond it, each of which has code of its own. */
    private static final int BLOCK = 128;

    /** Which sequences there are. */
    public enum Batch {
        /** All of the mean length. */
        UNIFORM,
        /** Lengths of film reviews. */
        RAGGED,
        /** All of the mean length; heads share keys and values. */
        GROUPED,
        /** One query each. */
        CACHE
    }

    /** Which sequences there are. */
    @Param({"UNIFORM", "RAGGED", "GROUPED", "CACHE"})
    public Batch batch;

    private final AttentionOptions options = new AttentionOptions();
    private final AttentionTensors tensors = new AttentionTensors();
    private AttentionShape shape;
    private AttentionShape shortShape;
    private float[] out;
    private float[] dQ;
    private float[] dKv;

    /** For JMH. */
    public AttentionBatchBenchmark() {}

    @Override
    protected void prepare() {
        int[] queryStarts = starts(queryLengths());
        int[] keyStarts = starts(keyLengths());
        int queryCols = HEADS * HEAD_DIM;
        int keyHeads = batch == Batch.GROUPED ? 1 : HEADS;
        int keyCols = keyHeads * HEAD_DIM;
        shape = AttentionShape.ragged(
                REVIEWS.length, HEADS, keyHeads, HEAD_DIM, queryStarts, keyStarts, queryCols, 2 * keyCols, 2 * keyCols,
                queryCols);
        int[] few = starts(IntStream.range(0, REVIEWS.length).map(i -> BLOCK + i).toArray());
        int[] fewQueries = batch == Batch.CACHE ? queryStarts : few;
        shortShape = AttentionShape.ragged(
                REVIEWS.length, HEADS, keyHeads, HEAD_DIM, fewQueries, few, queryCols, 2 * keyCols, 2 * keyCols,
                queryCols);
        int querySize = queryStarts[REVIEWS.length] * queryCols;
        int keySize = keyStarts[REVIEWS.length] * 2 * keyCols;
        out = new float[querySize];
        dQ = new float[querySize];
        dKv = new float[keySize];
        float[] kv = Data.uniform(2, keySize);
        tensors.q(Data.uniform(1, querySize), 0).k(kv, 0).v(kv, keyCols).out(out, 0)
                .logSumExp(new float[HEADS * queryStarts[REVIEWS.length]], 0).dOut(Data.uniform(3, querySize), 0)
                .dQ(dQ, 0).dK(dKv, 0).dV(dKv, keyCols);
    }

    private int[] queryLengths() {
        return batch == Batch.CACHE ? IntStream.range(0, REVIEWS.length).map(i -> 1).toArray() : keyLengths();
    }

    private int[] keyLengths() {
        int mean = IntStream.of(REVIEWS).sum() / REVIEWS.length;
        return IntStream.range(0, REVIEWS.length)
                .map(i -> batch == Batch.RAGGED ? REVIEWS[i * STRIDE % REVIEWS.length] : mean).toArray();
    }

    private static int[] starts(int[] lengths) {
        int[] starts = new int[lengths.length + 1];
        for (int i = 0; i < lengths.length; i++) {
            starts[i + 1] = starts[i] + lengths[i];
        }
        return starts;
    }

    @Override
    protected void shortCall() {
        engine.attention().forward(shortShape, options, tensors);
        engine.attention().backward(shortShape, options, tensors);
    }

    @Override
    protected double work() {
        int[] queries = queryLengths();
        int[] keys = keyLengths();
        double pairs = 0;
        for (int i = 0; i < keys.length; i++) {
            pairs += (double) queries[i] * keys[i];
        }
        return 4 * HEADS * HEAD_DIM * pairs;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(out, dQ, dKv);
    }

    /**
     * Attention of each sequence with itself, or with its cache.
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
