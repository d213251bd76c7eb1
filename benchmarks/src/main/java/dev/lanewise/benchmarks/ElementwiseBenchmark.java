package dev.lanewise.benchmarks;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * What lies between the products of a layer: bias, residual, dropout, and the gradient of the bias. They do next to no
 * arithmetic, dropout's hash apart, so they show what a pass over memory costs.
 *
 * <p>2048 rows: a batch of 8 reviews of 256 tokens. Columns:
 * <ul>
 * <li>128: modelDim of a small encoder
 * <li>333: odd, so that every row ends in a tail and starts unaligned
 * <li>512: its feed-forward layer; the operands leave the second-level cache
 * </ul>
 *
 * <p>{@code gigaElements} counts elements of the matrix. One moves 8 bytes (bias, dropout), 12 (residual) or 4 (gradient of
 * the bias). A good result is the speed of the memory level. Outside the timed region: making the operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar ElementwiseBenchmark -p cols=333}
 */
public class ElementwiseBenchmark extends LadderBenchmark {
    private static final int ROWS = 2048;
    private static final float PROBABILITY = 0.1f;
    private static final long SEED = 42;

    /** Elements of a row. */
    @Param({"128", "333", "512"})
    public int cols;

    private float[] x;
    private float[] residual;
    private float[] bias;
    private float[] y;
    private float[] dBias;

    @Override
    protected void prepare() {
        x = Data.uniform(1, ROWS * cols);
        residual = Data.uniform(2, ROWS * cols);
        bias = Data.uniform(3, cols);
        y = new float[ROWS * cols];
        dBias = new float[cols];
    }

    @Override
    protected void shortCall() {
        int rows = 2;
        engine.elementwise().addBias(rows, cols, x, 0, cols, bias, 0, y, 0, cols);
        engine.elementwise().add(rows * cols, x, 0, residual, 0, y, 0);
        engine.elementwise().dropout(rows * cols, PROBABILITY, SEED, 0, x, 0, y, 0);
        engine.elementwise().biasGradient(rows, cols, x, 0, cols, dBias, 0);
    }

    @Override
    protected double work() {
        return (double) ROWS * cols;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, dBias);
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
}
