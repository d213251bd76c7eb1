package dev.lanewise.benchmarks;

import dev.lanewise.Transpose;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * {@code C = x transpose(y)} and {@code C += x transpose(y)}, products of depth 1: the gradient of a layer's weight for a
 * single token, alone and added to those of others. Each element of C is one multiplication, so the speed is that at which C
 * is written.
 *
 * <p>Sizes:
 * <ul>
 * <li>100: rows that end in a partial vector
 * <li>512: 1 MB, in the second-level cache
 * <li>2048: 16 MB, beyond it
 * </ul>
 *
 * <p>{@code gigabytes} counts {@code 4 * (size^2 + 2 * size)} bytes, and {@code 4 * size^2} more where C is read, too. A good
 * result at 2048 is 90 % of the fastest stream of {@link BandwidthBenchmark} over 16384 KB. Outside the timed region: making
 * the operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar OuterProductBenchmark -p size=2048}
 */
public class OuterProductBenchmark extends LadderBenchmark {
    /** Rows and columns of C. */
    @Param({"100", "512", "2048"})
    public int size;

    private float[] x;
    private float[] y;
    private float[] c;

    @Override
    protected void prepare() {
        x = Data.uniform(1, size);
        y = Data.uniform(2, size);
        c = new float[size * size];
    }

    @Override
    protected void shortCall() {
        multiply(Math.min(size, 61), 0f);
        multiply(Math.min(size, 61), 1f);
    }

    @Override
    protected double work() {
        return 4.0 * size * (size + 2);
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(c);
    }

    /**
     * C is overwritten.
     *
     * @param rate counts the bytes
     * @return C
     */
    @Benchmark
    public float[] overwrite(ByteRate rate) {
        rate.add(work());
        multiply(size, 0f);
        return c;
    }

    /**
     * The product is added to C.
     *
     * @param rate counts the bytes
     * @return C
     */
    @Benchmark
    public float[] accumulate(ByteRate rate) {
        rate.add(work() + 4.0 * size * size);
        multiply(size, 1f);
        return c;
    }

    private void multiply(int n, float beta) {
        engine.matMul().multiply(Transpose.NO, Transpose.NO, n, n, 1, 1f, x, 0, 1, y, 0, size, beta, c, 0, size);
    }
}
