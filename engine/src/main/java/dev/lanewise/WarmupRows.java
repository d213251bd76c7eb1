package dev.lanewise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The calls of {@link Warmup} for everything that works on rows or on single elements. Operands are dense and end where
 * their arrays end: a partial vector in the last row would reach beyond, and the compiler leaves that case out of code that
 * has not met it.
 */
final class WarmupRows {
    private static final int ROWS = 5;
    private static final int MANY_ROWS = 20;
    private static final float EPSILON = 1e-5f;

    /** One pass over numbers. */
    private interface Function {
        void run(int n, float[] x, int xOffset, float[] y, int yOffset);
    }

    /** Its gradient, from what the forward pass has kept. */
    private interface Gradient {
        void run(int n, float[] kept, int keptOffset, float[] dY, int dYOffset, float[] dX, int dXOffset);
    }

    private final Engine engine;
    private final int cols;
    private final int n;
    private final float[] x;
    private final float[] y;
    private final float[] out;
    private final float[] more;
    private final float[] gamma;
    private final float[] beta;
    private final float[] dGamma;
    private final float[] dBeta;
    private final float[] mean = new float[ROWS];
    private final float[] rstd = new float[ROWS];
    private final int[] zeros = new int[ROWS];
    private final int[] lengths = {2, 3, 0, 1, 3};

    /** Rows of so many columns. */
    WarmupRows(Engine engine, int cols) {
        this.engine = engine;
        this.cols = cols;
        n = ROWS * cols;
        x = filled(n);
        y = filled(n);
        out = new float[n];
        more = new float[n];
        gamma = filled(cols);
        beta = filled(cols);
        dGamma = new float[cols];
        dBeta = new float[cols];
    }

    private static float[] filled(int length) {
        float[] values = new float[length];
        Arrays.fill(values, 0.25f);
        return values;
    }

    /** What a trained model calls. */
    List<Runnable> forward() {
        List<Runnable> steps = new ArrayList<>();
        ActivationOps activation = engine.activation();
        List<Function> functions = List.of(
                activation::relu, activation::gelu, activation::geluTanh, activation::silu, activation::sigmoid,
                activation::tanh, activation::exp, activation::log, activation::erf);
        for (Function function : functions) {
            steps.add(() -> function.run(n, x, 0, out, 0));
        }
        ElementwiseOps elements = engine.elementwise();
        steps.add(() -> elements.add(n, x, 0, y, 0, out, 0));
        steps.add(() -> elements.scale(n, 0.5f, x, 0, out, 0));
        steps.add(() -> elements.addBias(ROWS, cols, x, 0, cols, gamma, 0, out, 0, cols));
        SoftmaxOps softmax = engine.softmax();
        steps.add(() -> softmax.softmax(ROWS, cols, x, 0, cols, out, 0, cols));
        // Many short rows have a kernel of their own.
        int few = n / MANY_ROWS;
        steps.add(() -> softmax.softmax(MANY_ROWS, few, x, 0, few, out, 0, few));
        steps.add(() -> softmax.softmaxPrefix(ROWS, cols, lengths, 0, x, 0, cols, out, 0, cols));
        steps.add(() -> softmax.logSoftmax(ROWS, cols, x, 0, cols, out, 0, cols));
        norms(steps);
        tables(steps);
        return steps;
    }

    private void norms(List<Runnable> steps) {
        NormOps norm = engine.norm();
        steps.add(
                () -> norm.layerNorm(
                        ROWS, cols, EPSILON, x, 0, cols, gamma, 0, beta, 0, out, 0, cols, mean, 0, rstd, 0));
        for (float[] bias : new float[][] {null, gamma}) {
            steps.add(
                    () -> norm.addLayerNorm(
                            ROWS, cols, EPSILON, x, 0, cols, y, 0, cols, bias, 0, gamma, 0, beta, 0, out, 0, cols, more,
                            0, cols, mean, 0, rstd, 0));
        }
        steps.add(() -> engine.rmsNorm().rmsNorm(ROWS, cols, EPSILON, x, 0, cols, gamma, 0, out, 0, cols, rstd, 0));
    }

    private void tables(List<Runnable> steps) {
        EmbeddingOps embedding = engine.embedding();
        steps.add(() -> embedding.gather(ROWS, cols, zeros, 0, ROWS, x, 0, out, 0, cols));
        steps.add(() -> embedding.gatherAdd(ROWS, cols, zeros, 0, ROWS, x, 0, out, 0, cols));
        steps.add(() -> embedding.addPositions(1, ROWS, cols, x, 0, out, 0));
        steps.add(() -> embedding.meanPool(1, ROWS, cols, lengths, 0, x, 0, dGamma, 0));
        for (RotaryTable.Layout layout : RotaryTable.Layout.values()) {
            RotaryTable table = new RotaryTable(layout, ROWS, cols & -2);
            for (int[] positions : new int[][] {null, zeros}) {
                steps.add(() -> embedding.rotary(ROWS, 1, table, positions, 0, 0, x, 0, cols, out, 0, cols));
            }
        }
    }

    /** What training calls besides. */
    List<Runnable> backward() {
        List<Runnable> steps = new ArrayList<>();
        ActivationOps activation = engine.activation();
        List<Gradient> gradients = List.of(
                activation::reluBackward, activation::geluBackward, activation::geluTanhBackward,
                activation::siluBackward, activation::sigmoidBackward, activation::tanhBackward,
                activation::expBackward, activation::logBackward, activation::erfBackward);
        for (Gradient gradient : gradients) {
            steps.add(() -> gradient.run(n, x, 0, y, 0, out, 0));
        }
        ElementwiseOps elements = engine.elementwise();
        steps.add(() -> elements.biasGradient(ROWS, cols, x, 0, cols, dBeta, 0));
        steps.add(() -> elements.dropout(n, 0.1f, 1, 0, x, 0, out, 0));
        steps.add(() -> elements.sumOfSquares(n, x, 0));
        EmbeddingOps embedding = engine.embedding();
        steps.add(() -> embedding.scatterAdd(ROWS, cols, zeros, 0, x, 0, cols, ROWS, out, 0));
        steps.add(() -> embedding.meanPoolBackward(1, ROWS, cols, lengths, 0, gamma, 0, out, 0));
        losses(steps);
        normGradients(steps);
        updates(steps);
        return steps;
    }

    private void losses(List<Runnable> steps) {
        SoftmaxOps softmax = engine.softmax();
        steps.add(() -> softmax.softmaxBackward(ROWS, cols, x, 0, cols, y, 0, cols, out, 0, cols));
        steps.add(() -> softmax.logSoftmaxBackward(ROWS, cols, x, 0, cols, y, 0, cols, out, 0, cols));
        steps.add(() -> softmax.crossEntropy(ROWS, cols, x, 0, cols, zeros, 0, mean, 0));
        steps.add(() -> softmax.crossEntropyBackward(ROWS, cols, x, 0, cols, zeros, 0, 1f, out, 0, cols));
        steps.add(
                () -> softmax.crossEntropyWithGradient(
                        ROWS, cols, x, 0, cols, zeros, 0, 1f, mean, 0, out, 0, cols));
    }

    private void normGradients(List<Runnable> steps) {
        for (boolean add : new boolean[] {true, false}) {
            steps.add(
                    () -> engine.norm().layerNormGradients(
                            ROWS, cols, y, 0, cols, x, 0, cols, gamma, 0, mean, 0, rstd, 0, add, out, 0, cols, dGamma,
                            0, dBeta, 0));
            steps.add(
                    () -> engine.rmsNorm().rmsNormGradients(
                            ROWS, cols, y, 0, cols, x, 0, cols, gamma, 0, rstd, 0, add, out, 0, cols, dGamma, 0));
        }
    }

    private void updates(List<Runnable> steps) {
        float[] w = new float[n];
        float[] m = new float[n];
        float[] v = new float[n];
        steps.add(
                () -> engine.update().adamW(
                        n, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f, w, 0, x, 0, m, 0, v, 0));
        steps.add(
                () -> engine.update().adamWRows(
                        1, cols, zeros, 0, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f, w, more, m, v, ROWS, 0));
    }
}
