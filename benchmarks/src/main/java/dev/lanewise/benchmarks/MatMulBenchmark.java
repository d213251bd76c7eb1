package dev.lanewise.benchmarks;

import dev.lanewise.Transpose;
import dev.lanewise.benchmarks.peers.Workload;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * {@code C = A * B} on square, dense matrices: the product behind every projection of a transformer.
 *
 * <p>Sizes:
 * <ul>
 * <li>64: one attention head; three operands of 16 KB lie in the second-level cache, and packing costs as much as it gains
 * <li>100: not a multiple of any vector or register tile, about where packing starts to pay
 * <li>128: modelDim of a small encoder; powers of two fit every tile
 * <li>256: one depth block; everything lies in the second-level cache
 * <li>333: odd in every dimension, so every edge path runs
 * <li>512: modelDim of the base Transformer (Vaswani et al., 2017); several blocks deep
 * <li>1024: a row is exactly a page, so that a column of unpacked reads falls into one cache set
 * </ul>
 *
 * <p>{@code gflops} counts {@code 2 * size^3}. A good result is 80 % of {@link PeakBenchmark} or more from 256 up for one
 * thread; NAIVE is the plain triple loop. Outside the timed region: making A, B and C.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar MatMulBenchmark -p size=512}
 */
public class MatMulBenchmark extends LadderBenchmark {
    /** Rows, columns and depth of the product. */
    @Param({"64", "100", "128", "256", "333", "512", "1024"})
    public int size;

    private float[] a;
    private float[] b;
    private float[] c;

    @Override
    protected void prepare() {
        a = Data.uniform(1, size * size);
        b = Data.uniform(2, size * size);
        c = new float[size * size];
    }

    @Override
    protected void shortCall() {
        // Below and above the size where packing pays, whole tiles and edges.
        multiply(Math.min(size, 50), Math.min(size, 37), 12);
        multiply(Math.min(size, 112), Math.min(size, 116), Math.min(size, 96));
    }

    @Override
    protected double work() {
        return 2.0 * size * size * size;
    }

    @Override
    protected List<Workload> workloads() {
        return List.of(new Workload.MatMul(1, false, false, size, size, size, a, b, c));
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(c);
    }

    /**
     * The product.
     *
     * @param rate counts the operations
     * @return C
     */
    @Benchmark
    public float[] multiply(FlopRate rate) {
        rate.add(work());
        if (!runPeer(0)) {
            multiply(size, size, size);
        }
        return c;
    }

    private void multiply(int m, int n, int k) {
        engine.matMul().multiply(Transpose.NO, Transpose.NO, m, n, k, 1f, a, 0, size, b, 0, size, 0f, c, 0, size);
    }
}
