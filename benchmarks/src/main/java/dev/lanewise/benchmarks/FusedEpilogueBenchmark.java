package dev.lanewise.benchmarks;

import dev.lanewise.MatMulEpilogue;
import dev.lanewise.Transpose;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * What bias and GELU cost on top of a product, in the same call: the first map of a feed-forward layer over 8192 tokens,
 * {@code Y = gelu(X W + b)} with X [8192 x in] and W [in x out], beside {@code Y = X W} and beside three calls.
 *
 * <p>Shapes, as 8192 x in x out:
 * <ul>
 * <li>8192 x 128 x 512: 256 operations of the product to one GELU, so that it shows most
 * <li>8192 x 512 x 128: 1024 operations to one
 * </ul>
 * The square ones are there since the parameters are combined.
 *
 * <p>{@code gflops} counts {@code 2 * 8192 * in * out} for all three: a bias and a function count as nothing, so that the
 * rates divide into the price. A good result costs 5 % of the plain product's rate. Outside the timed region: making the
 * operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar FusedEpilogueBenchmark -p in=128 -p out=512}
 */
public class FusedEpilogueBenchmark extends LadderBenchmark {
    private static final int TOKENS = 8192;

    /** Columns of X, rows of W. */
    @Param({"128", "512"})
    public int in;

    /** Columns of W and Y. */
    @Param({"128", "512"})
    public int out;

    private float[] x;
    private float[] w;
    private float[] b;
    private float[] y;
    private MatMulEpilogue gelu;

    @Override
    protected void prepare() {
        x = Data.uniform(1, TOKENS * in);
        w = Data.uniform(2, in * out);
        b = Data.uniform(3, out);
        // As Glorot has it, so that GELU sees numbers of about 1.
        float limit = (float) Math.sqrt(6.0 / (in + out));
        for (int i = 0; i < w.length; i++) {
            w[i] *= limit;
        }
        y = new float[TOKENS * out];
        gelu = new MatMulEpilogue().bias(b, 0).gelu();
    }

    @Override
    protected void shortCall() {
        for (int tokens : new int[] {37, 200}) {
            multiply(tokens, null);
            multiply(tokens, gelu);
            separate(tokens);
        }
    }

    @Override
    protected double work() {
        return 2.0 * TOKENS * in * out;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y);
    }

    /**
     * {@code Y = X W}.
     *
     * @param rate counts the operations of the product
     * @return Y
     */
    @Benchmark
    public float[] plain(FlopRate rate) {
        rate.add(work());
        multiply(TOKENS, null);
        return y;
    }

    /**
     * {@code Y = gelu(X W + b)} in one call.
     *
     * @param rate counts the operations of the product
     * @return Y
     */
    @Benchmark
    public float[] biasGelu(FlopRate rate) {
        rate.add(work());
        multiply(TOKENS, gelu);
        return y;
    }

    /**
     * {@code Y = gelu(X W + b)} in three calls, each of which reads and writes all of Y.
     *
     * @param rate counts the operations of the product
     * @return Y
     */
    @Benchmark
    public float[] biasGeluApart(FlopRate rate) {
        rate.add(work());
        separate(TOKENS);
        return y;
    }

    private void multiply(int tokens, MatMulEpilogue epilogue) {
        engine.matMul().multiply(
                Transpose.NO, Transpose.NO, tokens, out, in, 1f, x, 0, in, w, 0, out, 0f, y, 0, out, epilogue);
    }

    private void separate(int tokens) {
        multiply(tokens, null);
        engine.elementwise().addBias(tokens, out, y, 0, out, b, 0, y, 0, out);
        engine.activation().gelu(tokens * out, y, 0, y, 0);
    }
}
