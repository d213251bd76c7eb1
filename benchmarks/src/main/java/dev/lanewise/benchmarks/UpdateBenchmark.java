package dev.lanewise.benchmarks;

import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * One step of AdamW, over all parameters of a layer and over the touched rows of a table. The step is that of a model some
 * time after its start; the gradient is the same at each call, so the state settles and no number becomes denormal.
 *
 * <p>Parameters:
 * <ul>
 * <li>1000: the norms and biases of a block; everything lies in the first-level cache, and the loop ends in a tail
 * <li>198272: an encoder block of modelDim 128 with a feed-forward layer of 512; 3 MB in four arrays
 * <li>2560000: a table of 20,000 words of 128, all of it touched; 40 MB, the memory's own speed
 * </ul>
 * For the rows, they are a table of rows of 100, a length with a tail, every other of which is touched.
 *
 * <p>{@code gigaElements} counts updated parameters. One moves 28 bytes (four read, three written), and 8 more for rows,
 * whose gradient is cleared by the step and copied back before the next one, in the timed region. A good result is the speed
 * of the memory level; from the first-level cache it is that of a division and a square root. Outside the timed region:
 * making weights and gradients.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar UpdateBenchmark -p parameters=198272}
 */
public class UpdateBenchmark extends LadderBenchmark {
    private static final float RATE = 1e-4f;
    private static final float BETA_1 = 0.9f;
    private static final float BETA_2 = 0.999f;
    private static final float EPSILON = 1e-8f;
    private static final float DECAY = 0.01f;

    /** Of step 1000. */
    private static final float BIAS_1 = (float) (1 - Math.pow(BETA_1, 1000));

    private static final float BIAS_2 = (float) (1 - Math.pow(BETA_2, 1000));
    private static final int DIM = 100;

    /** Number of parameters. */
    @Param({"1000", "198272", "2560000"})
    public int parameters;

    private int[] touched;
    private float[] gradient;
    private float[] w;
    private float[] g;
    private float[] m;
    private float[] v;

    @Override
    protected void prepare() {
        touched = IntStream.range(0, parameters / DIM / 2).map(row -> 2 * row).toArray();
        w = Data.uniform(1, parameters);
        gradient = Data.uniform(2, parameters);
        g = gradient.clone();
        m = new float[parameters];
        v = new float[parameters];
    }

    @Override
    protected void shortCall() {
        adamW(203);
        adamWRows(2);
    }

    @Override
    protected double work() {
        return parameters;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(w, m, v);
    }

    /**
     * A step of all parameters.
     *
     * @param rate counts the elements
     * @return the weights
     */
    @Benchmark
    public float[] adamW(ElementRate rate) {
        rate.add(parameters);
        adamW(parameters);
        return w;
    }

    /**
     * A step of every other row of a table.
     *
     * @param rate counts the elements
     * @return the weights
     */
    @Benchmark
    public float[] adamWRows(ElementRate rate) {
        rate.add((double) touched.length * DIM);
        adamWRows(touched.length);
        return w;
    }

    private void adamW(int n) {
        engine.update().adamW(
                n, RATE, BETA_1, BETA_2, EPSILON, DECAY, BIAS_1, BIAS_2, w, 0, gradient, 0, m, 0, v, 0);
    }

    private void adamWRows(int count) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(gradient, touched[i] * DIM, g, touched[i] * DIM, DIM);
        }
        engine.update().adamWRows(
                count, DIM, touched, 0, RATE, BETA_1, BETA_2, EPSILON, DECAY, BIAS_1, BIAS_2, w, g, m, v,
                parameters / DIM, 0);
    }
}
