package dev.lanewise.benchmarks;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Root mean square normalisation, forward and backward with the gradient of gamma.
 *
 * <p>2048 rows: a batch of 8 reviews of 256 tokens. Columns:
 * <ul>
 * <li>128: modelDim of a small encoder; x lies in the second-level cache
 * <li>333: odd, so that every row ends in a tail and starts unaligned
 * <li>1024: the operands leave the second-level cache
 * </ul>
 *
 * <p>{@code gigaElements} counts elements of x. One moves 8 bytes forward, and 16 backward (x and dY read, dX added to). A
 * good result is near the speed of the memory level, and a little above that of {@link LayerNormBenchmark}. Outside the timed
 * region: making the operands, and the rstd that backward reads.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar RmsNormBenchmark -p cols=128}
 */
public class RmsNormBenchmark extends LadderBenchmark {
    private static final int ROWS = 2048;
    private static final float EPSILON = 1e-5f;

    /** Elements of a row. */
    @Param({"128", "333", "1024"})
    public int cols;

    private float[] x;
    private float[] gamma;
    private float[] y;
    private float[] rstd;
    private float[] dY;
    private float[] dX;
    private float[] dGamma;

    @Override
    protected void prepare() {
        x = Data.uniform(1, ROWS * cols);
        gamma = Data.uniform(2, cols);
        dY = Data.uniform(3, ROWS * cols);
        y = new float[ROWS * cols];
        rstd = new float[ROWS];
        dX = new float[ROWS * cols];
        dGamma = new float[cols];
        forward(ROWS);
    }

    @Override
    protected void shortCall() {
        forward(2);
        backward(2);
    }

    @Override
    protected double work() {
        return (double) ROWS * cols;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, rstd, dX, dGamma);
    }

    /**
     * {@code y = x * rstd * gamma} by row.
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
     * Adds to the gradients of x and gamma.
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
        engine.rmsNorm().rmsNorm(rows, cols, EPSILON, x, 0, cols, gamma, 0, y, 0, cols, rstd, 0);
    }

    private void backward(int rows) {
        engine.rmsNorm().rmsNormGradients(
                rows, cols, dY, 0, cols, x, 0, cols, gamma, 0, rstd, 0, true, dX, 0, cols, dGamma, 0);
    }
}
