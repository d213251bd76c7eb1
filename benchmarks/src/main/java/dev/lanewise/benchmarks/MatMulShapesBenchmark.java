package dev.lanewise.benchmarks;

import dev.lanewise.Transpose;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * The products of one linear layer in training, over 8192 tokens: {@code Y = X W} with X [8192 x in] and W [in x out], and
 * backward {@code dW = transpose(X) dY} and {@code dX = dY transpose(W)}. They are long and thin: the outer ones have 8192
 * rows and little depth, the gradient of the weight is small and 8192 deep.
 *
 * <p>Shapes, as 8192 x in x out:
 * <ul>
 * <li>8192 x 128 x 128: the projections of attention in a small encoder; the whole depth is one block
 * <li>8192 x 128 x 512: the first map of its feed-forward layer; Y is 16 MB, four times X, so that writing counts
 * <li>8192 x 512 x 128: the second map; X is 16 MB
 * </ul>
 * 512 x 512 is there since the parameters are combined: the projections of a larger encoder.
 *
 * <p>{@code gflops} counts {@code 2 * 8192 * in * out} for each. A good result is within a tenth of {@link MatMulBenchmark}
 * at 512. Outside the timed region: making the operands.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar MatMulShapesBenchmark -p in=128 -p out=512}
 */
public class MatMulShapesBenchmark extends LadderBenchmark {
    private static final int TOKENS = 8192;

    /** Columns of X, rows of W. */
    @Param({"128", "512"})
    public int in;

    /** Columns of W and Y. */
    @Param({"128", "512"})
    public int out;

    private float[] x;
    private float[] w;
    private float[] dY;
    private float[] y;
    private float[] dW;
    private float[] dX;

    @Override
    protected void prepare() {
        x = Data.uniform(1, TOKENS * in);
        w = Data.uniform(2, in * out);
        dY = Data.uniform(3, TOKENS * out);
        y = new float[TOKENS * out];
        dW = new float[in * out];
        dX = new float[TOKENS * in];
    }

    @Override
    protected void shortCall() {
        for (int tokens : new int[] {37, 200}) {
            forward(tokens);
            weightGradient(tokens);
            inputGradient(tokens);
        }
    }

    @Override
    protected double work() {
        return 2.0 * TOKENS * in * out;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, dW, dX);
    }

    /**
     * {@code Y = X W}.
     *
     * @param rate counts the operations
     * @return Y
     */
    @Benchmark
    public float[] forward(FlopRate rate) {
        rate.add(work());
        forward(TOKENS);
        return y;
    }

    /**
     * {@code dW = transpose(X) dY}.
     *
     * @param rate counts the operations
     * @return dW
     */
    @Benchmark
    public float[] weightGradient(FlopRate rate) {
        rate.add(work());
        weightGradient(TOKENS);
        return dW;
    }

    /**
     * {@code dX = dY transpose(W)}.
     *
     * @param rate counts the operations
     * @return dX
     */
    @Benchmark
    public float[] inputGradient(FlopRate rate) {
        rate.add(work());
        inputGradient(TOKENS);
        return dX;
    }

    private void forward(int tokens) {
        engine.matMul().multiply(Transpose.NO, Transpose.NO, tokens, out, in, 1f, x, 0, in, w, 0, out, 0f, y, 0, out);
    }

    private void weightGradient(int tokens) {
        engine.matMul().multiply(Transpose.YES, Transpose.NO, in, out, tokens, 1f, x, 0, in, dY, 0, out, 0f, dW, 0,
                out);
    }

    private void inputGradient(int tokens) {
        engine.matMul().multiply(Transpose.NO, Transpose.YES, tokens, in, out, 1f, dY, 0, out, w, 0, out, 0f, dX, 0,
                in);
    }
}
