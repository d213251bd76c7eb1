package dev.lanewise.benchmarks;

import dev.lanewise.ActivationOps;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * The functions of one number that are not in {@link ActivationBenchmark}, forward and backward. A sigmoid, a SiLU, a tanh
 * and the tanh form of GELU each pay for one exponential and one division.
 *
 * <p>Elements:
 * <ul>
 * <li>4096: everything lies in the first-level cache, and arithmetic counts
 * <li>1048576: beyond the second-level cache, and memory counts
 * </ul>
 *
 * <p>{@code gigaElements} counts elements. One moves 8 bytes forward and 12 backward. A good result in cache is a third of
 * GELU's, on any function. Outside the timed region: making x and dY, and the outputs that some backward passes start from.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar ElementFunctionBenchmark -p function=SILU}
 */
public class ElementFunctionBenchmark extends LadderBenchmark {
    /** Which function. */
    public enum Function {
        /** GELU by its tanh form. */
        GELU_TANH,
        /** {@code x / (1 + exp(-x))}. */
        SILU,
        /** {@code 1 / (1 + exp(-x))}. */
        SIGMOID,
        /** The hyperbolic tangent. */
        TANH,
        /** The exponential. */
        EXP,
        /** The natural logarithm. */
        LOG,
        /** The error function. */
        ERF
    }

    /** The function. */
    @Param({"GELU_TANH", "SILU", "SIGMOID", "TANH", "EXP", "LOG", "ERF"})
    public Function function;

    /** Number of elements. */
    @Param({"4096", "1048576"})
    public int elements;

    private float[] x;
    private float[] kept;
    private float[] y;
    private float[] dY;
    private float[] dX;

    /** For the harness. */
    public ElementFunctionBenchmark() {}

    @Override
    protected void prepare() {
        x = Data.uniform(1, elements);
        for (int i = 0; i < elements; i++) {
            // Within -4..4, where the functions bend; for the logarithm within 1..9.
            x[i] = 4f * x[i] + (function == Function.LOG ? 5f : 0f);
        }
        dY = Data.uniform(2, elements);
        y = new float[elements];
        dX = new float[elements];
        kept = x;
        if (function == Function.SIGMOID || function == Function.TANH || function == Function.EXP) {
            kept = new float[elements];
            forward(elements, kept);
        }
    }

    @Override
    protected void shortCall() {
        forward(203, y);
        backward(203);
    }

    @Override
    protected double work() {
        return elements;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y, dX);
    }

    /**
     * {@code y = f(x)}.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] forward(ElementRate rate) {
        rate.add(work());
        forward(elements, y);
        return y;
    }

    /**
     * {@code dX = f' * dY}.
     *
     * @param rate counts the elements
     * @return dX
     */
    @Benchmark
    public float[] backward(ElementRate rate) {
        rate.add(work());
        backward(elements);
        return dX;
    }

    private void forward(int n, float[] out) {
        ActivationOps ops = engine.activation();
        switch (function) {
            case GELU_TANH -> ops.geluTanh(n, x, 0, out, 0);
            case SILU -> ops.silu(n, x, 0, out, 0);
            case SIGMOID -> ops.sigmoid(n, x, 0, out, 0);
            case TANH -> ops.tanh(n, x, 0, out, 0);
            case EXP -> ops.exp(n, x, 0, out, 0);
            case LOG -> ops.log(n, x, 0, out, 0);
            case ERF -> ops.erf(n, x, 0, out, 0);
        }
    }

    private void backward(int n) {
        ActivationOps ops = engine.activation();
        switch (function) {
            case GELU_TANH -> ops.geluTanhBackward(n, kept, 0, dY, 0, dX, 0);
            case SILU -> ops.siluBackward(n, kept, 0, dY, 0, dX, 0);
            case SIGMOID -> ops.sigmoidBackward(n, kept, 0, dY, 0, dX, 0);
            case TANH -> ops.tanhBackward(n, kept, 0, dY, 0, dX, 0);
            case EXP -> ops.expBackward(n, kept, 0, dY, 0, dX, 0);
            case LOG -> ops.logBackward(n, kept, 0, dY, 0, dX, 0);
            case ERF -> ops.erfBackward(n, kept, 0, dY, 0, dX, 0);
        }
    }
}
