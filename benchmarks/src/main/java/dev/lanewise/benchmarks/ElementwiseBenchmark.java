package dev.lanewise.benchmarks;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * What lies between the products of a layer: bias, residual, dropout, and the gradient of the bias; and what clipping does to
 * a gradient: sum of squares and factor. They do next to no arithmetic, dropout's hash apart, so they show what a pass over
 * memory costs.
 *
 * <p>2048 rows: a batch of 8 reviews of 256 tokens. Columns:
 * <ul>
 * <li>128: modelDim of a small encoder
 * <li>333: odd, so that every row ends in a tail and starts unaligned
 * <li>512: its feed-forward layer; the operands leave the second-level cache
 * </ul>
 *
 * <p>{@code gigaElements} counts elements of the matrix. One moves 8 bytes (bias, dropout, factor), 12 (residual) or 4
 * (gradient of the bias, sum of squares). A good result is the speed of the memory level. Outside the timed region: making the operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar ElementwiseBenchmark -p cols=333}
 */
public class ElementwiseBenchmark extends LadderBenchmark {
    private static final int ROWS = 2048;
    private static final float PROBABILITY = 0.1f;
    private static final long SEED = 42;
    private static final float FACTOR = 0.7f;

    /** Elements of a row. */
    @Param({"128", "333", "512"})
    public int cols;

    private float[] x;
    private float[] residual;
    private float[] bias;
    private float[] y;
    private float[] dBias;
    private float[] sum;

    @Override
    protected void prepare() {
        x = Data.uniform(1, ROWS * cols);
        residual = Data.uniform(2, ROWS * cols);
        bias = Data.uniform(3, cols);
        y = new float[ROWS * cols];
        dBias = new float[cols];
        sum = new float[1];
    }

    @Override
    protected void shortCall() {
        int rows = 2;
        engine.elementwise().addBias(rows, cols, x, 0, cols, bias, 0, y, 0, cols);
        engine.elementwise().add(rows * cols, x, 0, residual, 0, y, 0);
        engine.elementwise().dropout(rows * cols, PROBABILITY, SEED, 0, x, 0, y, 0);
        engine.elementwise().biasGradient(rows, cols, x, 0, cols, dBias, 0);
        engine.elementwise().scale(rows * cols, FACTOR, x, 0, y, 0);
        sum[0] = (float) engine.elementwise().sumOfSquares(rows * cols, x, 0);
    }

    @Override
    protected double work() {
        return (double) ROWS * cols;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, dBias, sum);
    }

    /**
     * {@code y[r, c] = x[r, c] + bias[c]}.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] addBias(ElementRate rate) {
        rate.add(work());
        engine.elementwise().addBias(ROWS, cols, x, 0, cols, bias, 0, y, 0, cols);
        return y;
    }

    /**
     * {@code y = x + residual}.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] addResidual(ElementRate rate) {
        rate.add(work());
        engine.elementwise().add(ROWS * cols, x, 0, residual, 0, y, 0);
        return y;
    }

    /**
     * Dropout of one element in ten.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] dropout(ElementRate rate) {
        rate.add(work());
        engine.elementwise().dropout(ROWS * cols, PROBABILITY, SEED, 0, x, 0, y, 0);
        return y;
    }

    /**
     * {@code dBias[c] += sum over r of x[r, c]}.
     *
     * @param rate counts the elements
     * @return dBias
     */
    @Benchmark
    public float[] biasGradient(ElementRate rate) {
        rate.add(work());
        engine.elementwise().biasGradient(ROWS, cols, x, 0, cols, dBias, 0);
        return dBias;
    }

    /**
     * {@code y = 0.7 * x}.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] scale(ElementRate rate) {
        rate.add(work());
        engine.elementwise().scale(ROWS * cols, FACTOR, x, 0, y, 0);
        return y;
    }

    /**
     * The sum of {@code x^2}.
     *
     * @param rate counts the elements
     * @return the sum
     */
    @Benchmark
    public float[] sumOfSquares(ElementRate rate) {
        rate.add(work());
        sum[0] = (float) engine.elementwise().sumOfSquares(ROWS * cols, x, 0);
        return sum;
    }
}
