package dev.lanewise.benchmarks;

import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Look-ups in a table of 20,000 words, and the gradients that go back to it: 2048 tokens, a batch of 8 reviews of 256, with
 * words drawn evenly, so that most rows come from beyond the second-level cache. And what stands at the ends of an encoder:
 * positions that are added to the looked-up rows, and the mean of a review's rows, whose lengths go from 32 to 256.
 *
 * <p>Columns:
 * <ul>
 * <li>50: the shortest of the published GloVe vectors; a tail in each row
 * <li>128: modelDim of a small encoder
 * <li>300: the length of word2vec's vectors; the table takes 24 MB
 * </ul>
 *
 * <p>{@code gigaElements} counts elements of the looked-up rows. One moves 8 bytes (gather, positions), 12 (what adds), and
 * with the mean, forward and backward, 4, of the rows within the lengths; backward sets the others to zero. A good result is
 * the speed of the memory level; the copy of a row is done by plain code nearly as well, so VECTOR gains little here. Outside
 * the timed region: making the table, the words and the gradient.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar EmbeddingBenchmark -p dim=128}
 */
public class EmbeddingBenchmark extends LadderBenchmark {
    private static final int TOKENS = 2048;
    private static final int WORDS = 20_000;
    private static final int BATCH = 8;
    private static final int SEQ_LEN = TOKENS / BATCH;

    /** Elements of a row. */
    @Param({"50", "128", "300"})
    public int dim;

    private int[] ids;
    private int[] lengths;
    private float[] table;
    private float[] y;
    private float[] dY;
    private float[] dTable;
    private float[] mean;
    private float[] dX;

    /** Elements of the rows within the lengths. */
    private double pooled;

    @Override
    protected void prepare() {
        ids = Data.indices(1, TOKENS, WORDS);
        table = Data.uniform(2, WORDS * dim);
        dY = Data.uniform(3, TOKENS * dim);
        y = new float[TOKENS * dim];
        dTable = new float[WORDS * dim];
        lengths = IntStream.rangeClosed(1, BATCH).map(i -> i * SEQ_LEN / BATCH).toArray();
        pooled = (double) IntStream.of(lengths).sum() * dim;
        mean = new float[BATCH * dim];
        dX = new float[TOKENS * dim];
    }

    @Override
    protected void shortCall() {
        engine.embedding().gather(4, dim, ids, 0, WORDS, table, 0, y, 0, dim);
        engine.embedding().gatherAdd(4, dim, ids, 0, WORDS, table, 0, y, 0, dim);
        engine.embedding().scatterAdd(4, dim, ids, 0, dY, 0, dim, WORDS, dTable, 0);
        engine.embedding().addPositions(2, 4, dim, table, 0, y, 0);
        engine.embedding().meanPool(1, SEQ_LEN, dim, lengths, 0, dY, 0, mean, 0);
        engine.embedding().meanPoolBackward(1, SEQ_LEN, dim, lengths, 0, dY, 0, dX, 0);
    }

    @Override
    protected double work() {
        return (double) TOKENS * dim;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, dTable, mean, dX);
    }

    /**
     * {@code y[i] = table[ids[i]]}.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] gather(ElementRate rate) {
        rate.add(work());
        engine.embedding().gather(TOKENS, dim, ids, 0, WORDS, table, 0, y, 0, dim);
        return y;
    }

    /**
     * {@code y[i] += table[ids[i]]}: a second table's rows.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] gatherAdd(ElementRate rate) {
        rate.add(work());
        engine.embedding().gatherAdd(TOKENS, dim, ids, 0, WORDS, table, 0, y, 0, dim);
        return y;
    }

    /**
     * {@code dTable[ids[i]] += dY[i]}.
     *
     * @param rate counts the elements
     * @return dTable
     */
    @Benchmark
    public float[] scatterAdd(ElementRate rate) {
        rate.add(work());
        engine.embedding().scatterAdd(TOKENS, dim, ids, 0, dY, 0, dim, WORDS, dTable, 0);
        return dTable;
    }

    /**
     * {@code y[b, t] += positions[t]}.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] addPositions(ElementRate rate) {
        rate.add(work());
        engine.embedding().addPositions(BATCH, SEQ_LEN, dim, table, 0, y, 0);
        return y;
    }

    /**
     * The mean of each review's rows.
     *
     * @param rate counts the elements
     * @return the means
     */
    @Benchmark
    public float[] meanPool(ElementRate rate) {
        rate.add(pooled);
        engine.embedding().meanPool(BATCH, SEQ_LEN, dim, lengths, 0, dY, 0, mean, 0);
        return mean;
    }

    /**
     * The gradient of the mean: the same row for each token of a review.
     *
     * @param rate counts the elements
     * @return the gradient of the rows
     */
    @Benchmark
    public float[] meanPoolBackward(ElementRate rate) {
        rate.add(pooled);
        engine.embedding().meanPoolBackward(BATCH, SEQ_LEN, dim, lengths, 0, dY, 0, dX, 0);
        return dX;
    }
}
