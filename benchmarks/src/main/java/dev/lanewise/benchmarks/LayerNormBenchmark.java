package dev.lanewise.benchmarks;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Layer normalisation, forward, forward behind a residual connection, and backward with the gradients of gamma and beta.
 *
 * <p>2048 rows: a batch of 8 reviews of 256 tokens. Columns:
 * <ul>
 * <li>128: modelDim of a small encoder; x lies in the second-level cache
 * <li>333: odd, so that every row ends in a tail and starts unaligned
 * <li>512: modelDim of the base Transformer (Vaswani et al., 2017)
 * <li>1024: that of the big one; the operands leave the second-level cache
 * </ul>
 *
 * <p>{@code gigaElements} counts elements of x. One moves 8 bytes forward, read three times in the first-level cache, 16
 * behind a residual connection (two summands read, their sum and y written), and 16 backward (x and dY read, dX added to). A good result is near the speed of the memory level forward. Outside the
 * timed region: making the operands, and the mean and rstd that backward reads.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar LayerNormBenchmark -p cols=512}
 */
public class LayerNormBenchmark extends LadderBenchmark {
    private static final int ROWS = 2048;
    private static final float EPSILON = 1e-5f;

    /** Elements of a row. */
    @Param({"128", "333", "512", "1024"})
    public int cols;

    private float[] x;
    private float[] gamma;
    private float[] beta;
    private float[] y;
    private float[] mean;
    private float[] rstd;
    private float[] dY;
    private float[] dX;
    private float[] dGamma;
    private float[] dBeta;
    private float[] residual;
    private float[] sum;

    @Override
    protected void prepare() {
        x = Data.uniform(1, ROWS * cols);
        gamma = Data.uniform(2, cols);
        beta = Data.uniform(3, cols);
        dY = Data.uniform(4, ROWS * cols);
        y = new float[ROWS * cols];
        mean = new float[ROWS];
        rstd = new float[ROWS];
        dX = new float[ROWS * cols];
        dGamma = new float[cols];
        dBeta = new float[cols];
        residual = Data.uniform(5, ROWS * cols);
        sum = new float[ROWS * cols];
        forward(ROWS);
    }

    @Override
    protected void shortCall() {
        forward(2);
        residual(2);
        backward(2);
    }

    @Override
    protected double work() {
        return (double) ROWS * cols;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, sum, mean, rstd, dX, dGamma, dBeta);
    }

    /**
     * {@code y = (x - mean) * rstd * gamma + beta} by row.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] forward(ElementRate rate) {
        rate.add(work());
        forward(ROWS);
        return y;
    }

    /**
     * {@code sum = x + residual} and its normalisation, in one pass.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] residual(ElementRate rate) {
        rate.add(work());
        residual(ROWS);
        return y;
    }

    /**
     * Adds to the gradients of x, gamma and beta.
     *
     * @param rate counts the elements
     * @return the gradient of x
     */
    @Benchmark
    public float[] backward(ElementRate rate) {
        rate.add(work());
        backward(ROWS);
        return dX;
    }

    private void forward(int rows) {
        engine.norm().layerNorm(
                rows, cols, EPSILON, x, 0, cols, gamma, 0, beta, 0, y, 0, cols, mean, 0, rstd, 0);
    }

    private void residual(int rows) {
        engine.norm().addLayerNorm(
                rows, cols, EPSILON, x, 0, cols, residual, 0, cols, null, 0, gamma, 0, beta, 0, sum, 0, cols, y, 0,
                cols, mean, 0, rstd, 0);
    }

    private void backward(int rows) {
        engine.norm().layerNormGradients(
                rows, cols, dY, 0, cols, x, 0, cols, gamma, 0, mean, 0, rstd, 0, true, dX, 0, cols, dGamma, 0, dBeta,
                0);
    }
}
