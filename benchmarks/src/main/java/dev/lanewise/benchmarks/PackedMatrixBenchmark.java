package dev.lanewise.benchmarks;

import dev.lanewise.PackedMatrix;
import dev.lanewise.Transpose;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * A few rows times a square weight that stays the same from call to call, as in inference: {@code C = A * B} with A
 * [rows x size] and B [size x size], where B is brought into the kernels' order once, beside a product that does it in
 * every call or reads B as it lies.
 *
 * <p>Sizes:
 * <ul>
 * <li>16, 32 and 64 rows: tokens of a short text; to pack B costs as much memory traffic as a few rows of the product
 * <li>512: B is 1 MB, in the second-level cache
 * <li>1024: B is 4 MB, beyond it; a row is exactly a page
 * </ul>
 *
 * <p>{@code gflops} counts {@code 2 * rows * size^2}. A good result is 1.1 times the unpacked one or more for packed;
 * repacked, which counts the product alone, tells what packing costs. Outside the timed region: making the operands, packing
 * once.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar PackedMatrixBenchmark -p rows=16 -p size=512}
 */
public class PackedMatrixBenchmark extends LadderBenchmark {
    /** Rows of A and C. */
    @Param({"16", "32", "64"})
    public int rows;

    /** Rows and columns of B. */
    @Param({"512", "1024"})
    public int size;

    private float[] a;
    private float[] b;
    private float[] c;
    private PackedMatrix packed;

    @Override
    protected void prepare() {
        a = Data.uniform(1, rows * size);
        b = Data.uniform(2, size * size);
        c = new float[rows * size];
        packed = engine.matMul().pack(Transpose.NO, size, size, b, 0, size);
    }

    @Override
    protected void shortCall() {
        // A call takes less than a millisecond: its own size is short enough.
        multiplyUnpacked();
        multiplyPacked();
        engine.matMul().repack(packed, Transpose.NO, b, 0, size);
    }

    @Override
    protected double work() {
        return 2.0 * rows * size * size;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(c);
    }

    /**
     * The product with B as it lies.
     *
     * @param rate counts the operations
     * @return C
     */
    @Benchmark
    public float[] unpacked(FlopRate rate) {
        rate.add(work());
        multiplyUnpacked();
        return c;
    }

    /**
     * The product with B packed beforehand.
     *
     * @param rate counts the operations
     * @return C
     */
    @Benchmark
    public float[] packed(FlopRate rate) {
        rate.add(work());
        multiplyPacked();
        return c;
    }

    /**
     * The product with B packed in the same call, into memory that is there.
     *
     * @param rate counts the operations of the product
     * @return C
     */
    @Benchmark
    public float[] repacked(FlopRate rate) {
        rate.add(work());
        engine.matMul().repack(packed, Transpose.NO, b, 0, size);
        multiplyPacked();
        return c;
    }

    private void multiplyUnpacked() {
        engine.matMul().multiply(
                Transpose.NO, Transpose.NO, rows, size, size, 1f, a, 0, size, b, 0, size, 0f, c, 0, size);
    }

    private void multiplyPacked() {
        engine.matMul().multiply(Transpose.NO, rows, 1f, a, 0, size, packed, 0f, c, 0, size, null);
    }
}
