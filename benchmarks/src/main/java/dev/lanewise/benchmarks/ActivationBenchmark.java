package dev.lanewise.benchmarks;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * The activations of the feed-forward layer: the exact GELU, which pays for an error function, and ReLU, which pays for
 * memory.
 *
 * <p>Elements:
 * <ul>
 * <li>1001: a row of a wide layer with a tail; everything lies in the first-level cache
 * <li>65536: 128 tokens through a layer of 512; three operands in the second-level cache
 * <li>1048576: 2048 tokens through a layer of 512, the size that other libraries publish; beyond the second-level cache
 * </ul>
 *
 * <p>{@code gigaElements} counts elements. One moves 8 bytes forward and 12 backward. A good result for ReLU is the speed
 * of the memory level; for GELU, within three of softmax's forward pass. Outside the timed region: making x and dY.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar ActivationBenchmark -p elements=65536}
 */
public class ActivationBenchmark extends LadderBenchmark {
    /** Number of elements. */
    @Param({"1001", "65536", "1048576"})
    public int elements;

    private float[] x;
    private float[] y;
    private float[] dY;
    private float[] dX;

    @Override
    protected void prepare() {
        x = Data.uniform(1, elements);
        // Within -4..4, where the function bends; outside it, GELU is the identity or zero.
        for (int i = 0; i < elements; i++) {
            x[i] *= 4f;
        }
        dY = Data.uniform(2, elements);
        y = new float[elements];
        dX = new float[elements];
    }

    @Override
    protected void shortCall() {
        engine.activation().gelu(203, x, 0, y, 0);
        engine.activation().geluBackward(203, x, 0, dY, 0, dX, 0);
        engine.activation().relu(203, x, 0, y, 0);
        engine.activation().reluBackward(203, x, 0, dY, 0, dX, 0);
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
     * {@code y = gelu(x)}.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] gelu(ElementRate rate) {
        rate.add(work());
        engine.activation().gelu(elements, x, 0, y, 0);
        return y;
    }

    /**
     * {@code dX = dY * gelu'(x)}.
     *
     * @param rate counts the elements
     * @return dX
     */
    @Benchmark
    public float[] geluBackward(ElementRate rate) {
        rate.add(work());
        engine.activation().geluBackward(elements, x, 0, dY, 0, dX, 0);
        return dX;
    }

    /**
     * {@code y = relu(x)}.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] relu(ElementRate rate) {
        rate.add(work());
        engine.activation().relu(elements, x, 0, y, 0);
        return y;
    }

    /**
     * {@code dX = x > 0 ? dY : 0}.
     *
     * @param rate counts the elements
     * @return dX
     */
    @Benchmark
    public float[] reluBackward(ElementRate rate) {
        rate.add(work());
        engine.activation().reluBackward(elements, x, 0, dY, 0, dX, 0);
        return dX;
    }
}
