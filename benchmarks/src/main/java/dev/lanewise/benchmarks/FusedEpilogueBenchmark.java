package dev.lanewise.benchmarks;

import dev.lanewise.MatMulEpilogue;
import dev.lanewise.Transpose;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * What bias and GELU cost on top of a product, in the same call: the first map of a feed-forward layer over 8192 tokens,
 * {@code Y = gelu(X W + b)} with X [8192 x in] and W [in x out], beside {@code Y = X W} and beside three calls. And what the
 * other epilogues do: ReLU, a residual, pre-activations that are kept for training, and the derivative that the backward pass
 * multiplies by.
 *
 * <p>Shapes, as 8192 x in x out:
 * <ul>
 * <li>8192 x 128 x 512: 256 operations of the product to one GELU, so that it shows most
 * <li>8192 x 512 x 128: 1024 operations to one
 * </ul>
 * The square ones are there since the parameters are combined.
 *
 * <p>{@code gflops} counts {@code 2 * 8192 * in * out} for all: a bias and a function count as nothing, so that the rates
 * divide into the price. A good result costs 5 % of the plain product's rate; a residual, pre-activations and the derivative
 * move another 4 bytes for each element of Y, and cost 15 to 20 % at 128 x 512. Outside the timed region: making the operands.
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
    private float[] r;
    private float[] z;
    private MatMulEpilogue gelu;
    private MatMulEpilogue relu;
    private MatMulEpilogue residual;
    private MatMulEpilogue kept;
    private MatMulEpilogue derivative;

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
        r = Data.uniform(4, TOKENS * out);
        z = new float[TOKENS * out];
        gelu = new MatMulEpilogue().bias(b, 0).gelu();
        relu = new MatMulEpilogue().bias(b, 0).relu();
        residual = new MatMulEpilogue().bias(b, 0).residual(r, 0, out);
        kept = new MatMulEpilogue().bias(b, 0).gelu().keepPreActivation(z, 0, out);
        derivative = new MatMulEpilogue().gelu().derivativeAt(r, 0, out);
    }

    @Override
    protected void shortCall() {
        for (int tokens : new int[] {37, 200}) {
            multiply(tokens, null);
            multiply(tokens, gelu);
            separate(tokens);
            multiply(tokens, relu);
            multiply(tokens, residual);
            multiply(tokens, kept);
            backward(tokens);
        }
    }

    @Override
    protected double work() {
        return 2.0 * TOKENS * in * out;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, z);
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

    /**
     * {@code Y = max(0, X W + b)} in one call.
     *
     * @param rate counts the operations of the product
     * @return Y
     */
    @Benchmark
    public float[] biasRelu(FlopRate rate) {
        rate.add(work());
        multiply(TOKENS, relu);
        return y;
    }

    /**
     * {@code Y = X W + b + R} in one call: the second map, or the projection after attention.
     *
     * @param rate counts the operations of the product
     * @return Y
     */
    @Benchmark
    public float[] biasResidual(FlopRate rate) {
        rate.add(work());
        multiply(TOKENS, residual);
        return y;
    }

    /**
     * {@code Z = X W + b} and {@code Y = gelu(Z)}, both stored: forward in training.
     *
     * @param rate counts the operations of the product
     * @return Y
     */
    @Benchmark
    public float[] biasGeluKept(FlopRate rate) {
        rate.add(work());
        multiply(TOKENS, kept);
        return y;
    }

    /**
     * {@code dZ = gelu'(Z) * (dY transpose(V))} with dY [8192 x in] and V [out x in] in one call: backward through the second
     * map and the function before it.
     *
     * @param rate counts the operations of the product
     * @return dZ
     */
    @Benchmark
    public float[] geluDerivative(FlopRate rate) {
        rate.add(work());
        backward(TOKENS);
        return y;
    }

    private void backward(int tokens) {
        engine.matMul().multiply(
                Transpose.NO, Transpose.YES, tokens, out, in, 1f, x, 0, in, w, 0, in, 0f, y, 0, out, derivative);
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
