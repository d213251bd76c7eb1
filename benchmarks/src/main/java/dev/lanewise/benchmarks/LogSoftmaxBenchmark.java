package dev.lanewise.benchmarks;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Log-softmax over rows, forward and backward, and the cross-entropy loss, its gradient, and both in one pass.
 *
 * <p>256 rows, a prediction each. Columns, a class each:
 * <ul>
 * <li>10: a small classifier; a row is a part of a vector
 * <li>1000: that of the pictures of ImageNet
 * <li>20000: a vocabulary; a row leaves the first-level cache
 * </ul>
 *
 * <p>{@code gigaElements} counts logits. One moves 8 bytes forward and with the gradient of the loss (read, written), 4 with the
 * loss alone, and 12 backward (y and dY read, dX written). A good result is that of {@link SoftmaxBenchmark}. Outside the timed region: making the operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar LogSoftmaxBenchmark -p cols=1000}
 */
public class LogSoftmaxBenchmark extends LadderBenchmark {
    private static final int ROWS = 256;

    /** Elements of a row. */
    @Param({"10", "1000", "20000"})
    public int cols;

    private float[] x;
    private float[] y;
    private float[] logarithms;
    private float[] dY;
    private float[] dX;
    private float[] losses;
    private int[] labels;

    @Override
    protected void prepare() {
        x = Data.uniform(1, ROWS * cols);
        dY = Data.uniform(2, ROWS * cols);
        labels = Data.indices(3, ROWS, cols);
        y = new float[ROWS * cols];
        dX = new float[ROWS * cols];
        losses = new float[ROWS];
        logarithms = new float[ROWS * cols];
        engine.softmax().logSoftmax(ROWS, cols, x, 0, cols, logarithms, 0, cols);
    }

    @Override
    protected void shortCall() {
        forward(2);
        backward(2);
        loss(2);
        lossBackward(2);
        lossWithGradient(2);
    }

    @Override
    protected double work() {
        return (double) ROWS * cols;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, dX, losses);
    }

    /**
     * {@code y = log(softmax(x))} by row.
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
     * {@code dX = dY - exp(y) * sum(dY)} by row.
     *
     * @param rate counts the elements
     * @return dX
     */
    @Benchmark
    public float[] backward(ElementRate rate) {
        rate.add(work());
        backward(ROWS);
        return dX;
    }

    /**
     * The cross-entropy losses.
     *
     * @param rate counts the elements
     * @return the losses
     */
    @Benchmark
    public float[] loss(ElementRate rate) {
        rate.add(work());
        loss(ROWS);
        return losses;
    }

    /**
     * The gradient of the cross-entropy losses.
     *
     * @param rate counts the elements
     * @return the gradient
     */
    @Benchmark
    public float[] lossBackward(ElementRate rate) {
        rate.add(work());
        lossBackward(ROWS);
        return dX;
    }

    /**
     * The cross-entropy losses and their gradient.
     *
     * @param rate counts the elements
     * @return the gradient
     */
    @Benchmark
    public float[] lossWithGradient(ElementRate rate) {
        rate.add(work());
        lossWithGradient(ROWS);
        return dX;
    }

    private void forward(int rows) {
        engine.softmax().logSoftmax(rows, cols, x, 0, cols, y, 0, cols);
    }

    private void backward(int rows) {
        engine.softmax().logSoftmaxBackward(rows, cols, logarithms, 0, cols, dY, 0, cols, dX, 0, cols);
    }

    private void loss(int rows) {
        engine.softmax().crossEntropy(rows, cols, x, 0, cols, labels, 0, losses, 0);
    }

    private void lossBackward(int rows) {
        engine.softmax().crossEntropyBackward(rows, cols, x, 0, cols, labels, 0, 1f / ROWS, dX, 0, cols);
    }

    private void lossWithGradient(int rows) {
        engine.softmax().crossEntropyWithGradient(
                rows, cols, x, 0, cols, labels, 0, 1f / ROWS, losses, 0, dX, 0, cols);
    }
}
