package dev.lanewise.benchmarks;

import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Softmax over rows, forward and backward, out of place, as attention uses it where the scores are materialised; and forward
 * over the first columns of each row, as a causal mask has it.
 *
 * <p>1024 rows, a query each. Columns, a key each:
 * <ul>
 * <li>65: one more than whole vectors of any width, so that every row ends in a tail
 * <li>128: a short review; a row lies in the first-level cache and all rows in the second
 * <li>512: the base length of the attention benchmarks
 * <li>1024: the square that other libraries publish
 * <li>2047: a long row with a tail; both matrices together leave the second-level cache
 * </ul>
 *
 * <p>{@code gigaElements} counts scores. One moves 8 bytes forward (x read, y written) and 12 backward (y and dY read, dX
 * written). A good result is a nanosecond for three to five elements or more forward, which is the cost of the exponential
 * at 256 bits; NAIVE pays one call of {@code Math.exp} for each. Prefixes count all scores, half of which are only set to zero:
 * at the rate of forward, one that counts costs twice as much. Outside the timed region: making x, dY and the lengths, and the y that backward
 * reads.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar SoftmaxBenchmark -p cols=512}
 */
public class SoftmaxBenchmark extends LadderBenchmark {
    private static final int ROWS = 1024;

    /** Elements of a row. */
    @Param({"65", "128", "512", "1024", "2047"})
    public int cols;

    private int[] lengths;
    private float[] x;
    private float[] y;
    private float[] weights;
    private float[] dY;
    private float[] dX;

    @Override
    protected void prepare() {
        x = Data.uniform(1, ROWS * cols);
        dY = Data.uniform(2, ROWS * cols);
        lengths = IntStream.range(0, ROWS).map(row -> 1 + row * (cols - 1) / (ROWS - 1)).toArray();
        y = new float[ROWS * cols];
        dX = new float[ROWS * cols];
        weights = new float[ROWS * cols];
        engine.softmax().softmax(ROWS, cols, x, 0, cols, weights, 0, cols);
    }

    @Override
    protected void shortCall() {
        engine.softmax().softmax(2, cols, x, 0, cols, y, 0, cols);
        engine.softmax().softmaxPrefix(2, cols, lengths, ROWS - 2, x, 0, cols, y, 0, cols);
        engine.softmax().softmaxBackward(2, cols, weights, 0, cols, dY, 0, cols, dX, 0, cols);
    }

    @Override
    protected double work() {
        return (double) ROWS * cols;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, dX);
    }

    /**
     * {@code y = softmax(x)} by row.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] forward(ElementRate rate) {
        rate.add(work());
        engine.softmax().softmax(ROWS, cols, x, 0, cols, y, 0, cols);
        return y;
    }

    /**
     * {@code y = softmax(x)} over the first columns of each row: one of the first row, all of the last.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] prefix(ElementRate rate) {
        rate.add(work());
        engine.softmax().softmaxPrefix(ROWS, cols, lengths, 0, x, 0, cols, y, 0, cols);
        return y;
    }

    /**
     * {@code dX = y * (dY - sum(dY * y))} by row.
     *
     * @param rate counts the elements
     * @return dX
     */
    @Benchmark
    public float[] backward(ElementRate rate) {
        rate.add(work());
        engine.softmax().softmaxBackward(ROWS, cols, weights, 0, cols, dY, 0, cols, dX, 0, cols);
        return dX;
    }
}
