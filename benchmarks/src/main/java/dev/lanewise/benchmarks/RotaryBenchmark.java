package dev.lanewise.benchmarks;

import dev.lanewise.RotaryTable;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Rotary position embedding of 512 tokens of 8 heads, out of place, in both layouts, and its gradient.
 *
 * <p>Sizes of a head:
 * <ul>
 * <li>30: a tail in every half
 * <li>64: the usual one
 * <li>128: that of large models
 * </ul>
 *
 * <p>{@code gigaElements} counts elements of x. One moves 8 bytes (x read, y written); the table, which all heads share, is
 * read from the first-level cache. A good result is that of a copy of x. Outside the timed region: making x and the table.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar RotaryBenchmark -p headDim=64}
 */
public class RotaryBenchmark extends LadderBenchmark {
    private static final int TOKENS = 512;
    private static final int HEADS = 8;

    /** Elements of a head. */
    @Param({"30", "64", "128"})
    public int headDim;

    private RotaryTable halves;
    private RotaryTable neighbours;
    private float[] x;
    private float[] y;

    @Override
    protected void prepare() {
        halves = new RotaryTable(RotaryTable.Layout.HALVES, TOKENS, headDim);
        neighbours = new RotaryTable(RotaryTable.Layout.INTERLEAVED, TOKENS, headDim);
        x = Data.uniform(1, TOKENS * HEADS * headDim);
        y = new float[x.length];
    }

    @Override
    protected void shortCall() {
        rotate(halves, 2);
        rotate(neighbours, 2);
        backward(2);
    }

    @Override
    protected double work() {
        return (double) TOKENS * HEADS * headDim;
    }

    @Override
    protected List<float[]> outputs() {
        return List.of(y);
    }

    /**
     * Pairs that are half a head apart.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] halves(ElementRate rate) {
        rate.add(work());
        rotate(halves, TOKENS);
        return y;
    }

    /**
     * Pairs of neighbours.
     *
     * @param rate counts the elements
     * @return y
     */
    @Benchmark
    public float[] interleaved(ElementRate rate) {
        rate.add(work());
        rotate(neighbours, TOKENS);
        return y;
    }

    /**
     * The gradient of the first: the opposite rotation.
     *
     * @param rate counts the elements
     * @return the gradient of x
     */
    @Benchmark
    public float[] halvesBackward(ElementRate rate) {
        rate.add(work());
        backward(TOKENS);
        return y;
    }

    private void backward(int tokens) {
        int ld = HEADS * headDim;
        engine.embedding().rotaryBackward(tokens, HEADS, halves, null, 0, 0, x, 0, ld, y, 0, ld);
    }

    private void rotate(RotaryTable table, int tokens) {
        int ld = HEADS * headDim;
        engine.embedding().rotary(tokens, HEADS, table, null, 0, 0, x, 0, ld, y, 0, ld);
    }
}
