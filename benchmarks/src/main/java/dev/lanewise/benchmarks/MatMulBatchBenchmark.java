package dev.lanewise.benchmarks;

import dev.lanewise.Transpose;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * 512 products of one shape in one call, as attention without fusion has them: one for each head of each sequence, with
 * heads of 32. Each is small, 4.2 million operations at 256 tokens, so that what surrounds a product counts.
 *
 * <p>Sizes:
 * <ul>
 * <li>100 tokens: not a multiple of any tile
 * <li>256 tokens: a film review of usual length; C of the scores is 128 MB in all
 * </ul>
 *
 * <p>{@code gflops} counts {@code 2 * 512 * tokens^2 * 32} for both products. A good result is within a fifth of
 * {@link MatMulBenchmark} at 128. Outside the timed region: making the operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar MatMulBatchBenchmark -p tokens=256}
 */
public class MatMulBatchBenchmark extends LadderBenchmark {
    private static final int BATCH = 512;
    private static final int HEAD_DIM = 32;

    /** Length of a sequence. */
    @Param({"100", "256"})
    public int tokens;

    private float[] q;
    private float[] k;
    private float[] probabilities;
    private float[] scores;
    private float[] out;

    @Override
    protected void prepare() {
        q = Data.uniform(1, BATCH * tokens * HEAD_DIM);
        k = Data.uniform(2, BATCH * tokens * HEAD_DIM);
        probabilities = Data.uniform(3, BATCH * tokens * tokens);
        scores = new float[BATCH * tokens * tokens];
        out = new float[BATCH * tokens * HEAD_DIM];
    }

    @Override
    protected void shortCall() {
        scores(3);
        weightedSum(3);
    }

    @Override
    protected double work() {
        return 2.0 * BATCH * tokens * tokens * HEAD_DIM;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(scores, out);
    }

    /**
     * [tokens x 32] times the transpose of [tokens x 32], as queries with keys.
     *
     * @param rate counts the operations
     * @return the scores
     */
    @Benchmark
    public float[] scores(FlopRate rate) {
        rate.add(work());
        scores(BATCH);
        return scores;
    }

    /**
     * [tokens x tokens] times [tokens x 32], as probabilities with values.
     *
     * @param rate counts the operations
     * @return the sums
     */
    @Benchmark
    public float[] weightedSum(FlopRate rate) {
        rate.add(work());
        weightedSum(BATCH);
        return out;
    }

    private void scores(int batch) {
        int one = tokens * HEAD_DIM;
        engine.matMul().multiplyBatch(
                batch, Transpose.NO, Transpose.YES, tokens, tokens, HEAD_DIM, 1f, q, 0, HEAD_DIM, one, k, 0, HEAD_DIM,
                one, 0f, scores, 0, tokens, tokens * tokens);
    }

    private void weightedSum(int batch) {
        int one = tokens * HEAD_DIM;
        engine.matMul().multiplyBatch(
                batch, Transpose.NO, Transpose.NO, tokens, HEAD_DIM, tokens, 1f, probabilities, 0, tokens,
                tokens * tokens, k, 0, HEAD_DIM, one, 0f, out, 0, HEAD_DIM, one);
    }
}
