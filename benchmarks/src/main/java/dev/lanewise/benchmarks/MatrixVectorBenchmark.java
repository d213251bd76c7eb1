package dev.lanewise.benchmarks;

import dev.lanewise.Transpose;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * {@code y = A x} and {@code y = x A} on a square, dense matrix, as products with one column and one row: what a layer does
 * for a single token. Each element of A is used once, so the speed is that at which A is read.
 *
 * <p>Sizes:
 * <ul>
 * <li>64: 16 KB, in the first-level cache; the call itself shows
 * <li>100: rows that end in a partial vector
 * <li>512: 1 MB, in the second-level cache
 * <li>2048: 16 MB, beyond it
 * </ul>
 *
 * <p>{@code gigabytes} counts {@code 4 * (size^2 + 2 * size)} bytes. A good result at 2048 is 90 % of the fastest stream of
 * {@link BandwidthBenchmark} over 16384 KB. Outside the timed region: making the operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar MatrixVectorBenchmark -p size=2048}
 */
public class MatrixVectorBenchmark extends LadderBenchmark {
    /** Rows and columns of the matrix. */
    @Param({"64", "100", "512", "2048"})
    public int size;

    private float[] a;
    private float[] x;
    private float[] y;

    @Override
    protected void prepare() {
        a = Data.uniform(1, size * size);
        x = Data.uniform(2, size);
        y = new float[size];
    }

    @Override
    protected void shortCall() {
        matrixByVector(Math.min(size, 61));
        vectorByMatrix(Math.min(size, 61));
    }

    @Override
    protected double work() {
        return 4.0 * size * (size + 2);
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y);
    }

    /**
     * Inner products of the rows of A with x.
     *
     * @param rate counts the bytes
     * @return y
     */
    @Benchmark
    public float[] matrixByVector(ByteRate rate) {
        rate.add(work());
        matrixByVector(size);
        return y;
    }

    /**
     * The sum of the rows of A, weighted by x.
     *
     * @param rate counts the bytes
     * @return y
     */
    @Benchmark
    public float[] vectorByMatrix(ByteRate rate) {
        rate.add(work());
        vectorByMatrix(size);
        return y;
    }

    private void matrixByVector(int n) {
        engine.matMul().multiply(Transpose.NO, Transpose.NO, n, 1, n, 1f, a, 0, size, x, 0, 1, 0f, y, 0, 1);
    }

    private void vectorByMatrix(int n) {
        engine.matMul().multiply(Transpose.NO, Transpose.NO, 1, n, n, 1f, x, 0, n, a, 0, size, 0f, y, 0, n);
    }
}
