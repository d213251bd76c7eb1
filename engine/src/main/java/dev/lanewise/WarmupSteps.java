package dev.lanewise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The calls of {@link Warmup}: every kernel family on operands that are small and still pass through all loops: full and
 * partial tiles, full and partial vectors, several blocks of packing.
 */
final class WarmupSteps {
    /** Rows and columns of the largest operand. */
    private static final int SIDE = 720;

    /** No multiple of a tile or of a vector, longer than a tile. */
    private static final int ODD = 131;

    /** Rows of the row-wise kernels. */
    private static final int ROWS = 5;

    /** Columns: full vectors of any width, groups of them, and a rest. */
    private static final int COLS = 16 * 9 + 3;

    private static final int ELEMENTS = ROWS * COLS;

    /** At most this many rows are in a register tile. */
    private static final int TALLEST_TILE = 14;

    private final Engine engine;
    private final float[] x = filled(2 * SIDE * 4 + ODD * ODD);
    private final float[] y = filled(2 * SIDE * 4 + ODD * ODD);
    private final float[] out = new float[SIDE * SIDE];
    private final float[] row = filled(COLS);
    private final float[] row2 = filled(COLS);
    private final float[] row3 = filled(COLS);
    private final int[] ids = new int[ROWS];

    /** Steps on a serial engine: what another thread allocates is not seen. */
    WarmupSteps(Engine engine) {
        this.engine = engine;
    }

    private static float[] filled(int length) {
        float[] values = new float[length];
        Arrays.fill(values, 0.25f);
        return values;
    }

    /** Matrix multiply: whole tiles and packing first, which are what a large product needs, then edges and vectors. */
    List<List<Runnable>> matMul() {
        List<Runnable> tiles = new ArrayList<>();
        products(tiles);
        List<Runnable> vectors = new ArrayList<>();
        vectors(vectors);
        return List.of(tiles, vectors);
    }

    /** Everything, matrix multiply first. */
    List<List<Runnable>> all() {
        List<Runnable> others = new ArrayList<>();
        fewRows(others);
        attention(others);
        rows(others);
        elements(others);
        tables(others);
        List<List<Runnable>> stages = new ArrayList<>(matMul());
        stages.add(others);
        return stages;
    }

    /** Many whole tiles of the least depth, and packing from every layout. */
    private void products(List<Runnable> steps) {
        for (float beta : new float[] {0f, 1f}) {
            steps.add(() -> multiply(Transpose.NO, Transpose.NO, SIDE, SIDE, 2, beta));
            // B read where it lies, packed by the first row of tiles, with A packed and with its rows.
            for (int columns : new int[] {64, 256, 352}) {
                steps.add(() -> multiply(Transpose.NO, Transpose.NO, SIDE, columns, 2, beta));
            }
        }
        for (Transpose a : Transpose.values()) {
            for (Transpose b : Transpose.values()) {
                steps.add(() -> multiply(a, b, ODD, ODD, ODD, 0f));
            }
        }
    }

    /** Products of few rows. Large ones have panels of two heights, which differ by one and are compiled by now. */
    private void fewRows(List<Runnable> steps) {
        for (int m = 2; m < TALLEST_TILE; m += 3) {
            int height = m;
            steps.add(() -> multiply(Transpose.NO, Transpose.NO, height, ODD, 24, 0f));
            steps.add(() -> multiply(Transpose.NO, Transpose.NO, height, ODD, 24, 1f));
        }
    }

    /** Products that are vectors or of depth 1. */
    private void vectors(List<Runnable> steps) {
        for (Transpose transpose : Transpose.values()) {
            steps.add(() -> multiply(transpose, Transpose.NO, ODD, 1, ODD, 0f));
            steps.add(() -> multiply(Transpose.NO, transpose, 1, ODD, ODD, 0f));
            steps.add(() -> multiply(transpose, Transpose.NO, ODD, ODD, 1, 0f));
        }
    }

    private void multiply(Transpose a, Transpose b, int m, int n, int k, float beta) {
        int lda = a == Transpose.NO ? k : m;
        int ldb = b == Transpose.NO ? n : k;
        engine.matMul().multiply(a, b, m, n, k, 1f, x, 0, lda, y, 0, ldb, beta, out, 0, n);
    }

    private void attention(List<Runnable> steps) {
        int tokens = 37;
        int headDim = 32;
        int size = tokens * headDim;
        AttentionShape shape = AttentionShape.headsFirst(1, 1, tokens, tokens, headDim);
        float[] logSumExp = new float[tokens];
        for (AttentionMask mask : List.of(AttentionMask.none(), AttentionMask.causal())) {
            steps.add(
                    () -> engine.attention().forward(
                            shape, mask, x, 0, x, size, x, 2 * size, out, 0, logSumExp, 0));
            steps.add(
                    () -> engine.attention().backward(
                            shape, mask, x, 0, x, size, x, 2 * size, y, 0, logSumExp, 0, y, size, out, 0, out, size,
                            out,
                            2 * size));
        }
    }

    private void rows(List<Runnable> steps) {
        steps.add(() -> engine.softmax().softmax(ROWS, COLS, x, 0, COLS, out, 0, COLS));
        steps.add(() -> engine.softmax().softmaxBackward(ROWS, COLS, x, 0, COLS, y, 0, COLS, out, 0, COLS));
        steps.add(() -> engine.softmax().crossEntropy(ROWS, COLS, x, 0, COLS, ids, 0, out, 0));
        steps.add(
                () -> engine.softmax().crossEntropyBackward(ROWS, COLS, x, 0, COLS, ids, 0, 1f, out, 0, COLS));
        steps.add(() -> engine.softmax().logSoftmax(ROWS, COLS, x, 0, COLS, out, 0, COLS));
        steps.add(() -> engine.softmax().logSoftmaxBackward(ROWS, COLS, x, 0, COLS, y, 0, COLS, out, 0, COLS));
        steps.add(
                () -> engine.softmax().crossEntropyWithGradient(
                        ROWS, COLS, x, 0, COLS, ids, 0, 1f, row3, 0, out, 0, COLS));
        steps.add(
                () -> engine.rmsNorm().rmsNorm(ROWS, COLS, 1e-5f, x, 0, COLS, row, 0, out, 0, COLS, row3, 0));
        steps.add(
                () -> engine.rmsNorm().rmsNormGradients(
                        ROWS, COLS, y, 0, COLS, x, 0, COLS, row, 0, row3, 0, true, out, 0, COLS, out, ROWS * COLS));
        steps.add(
                () -> engine.norm().layerNorm(
                        ROWS, COLS, 1e-5f, x, 0, COLS, row, 0, row2, 0, out, 0, COLS, row3, 0, row3, ROWS));
        for (float[] bias : new float[][] {null, row}) {
            steps.add(
                    () -> engine.norm().addLayerNorm(
                            ROWS, COLS, 1e-5f, x, 0, COLS, y, 0, COLS, bias, 0, row, 0, row2, 0, out, 0, COLS, out,
                            ROWS * COLS, COLS, row3, 0, row3, ROWS));
        }
        for (boolean add : new boolean[] {true, false}) {
            steps.add(
                    () -> engine.norm().layerNormGradients(
                            ROWS, COLS, y, 0, COLS, x, 0, COLS, row, 0, row3, 0, row3, ROWS, add, out, 0, COLS, out,
                            ROWS * COLS, out, (ROWS + 1) * COLS));
        }
    }

    private void elements(List<Runnable> steps) {
        steps.add(() -> engine.activation().relu(ELEMENTS, x, 0, out, 0));
        steps.add(() -> engine.activation().reluBackward(ELEMENTS, x, 0, y, 0, out, 0));
        steps.add(() -> engine.activation().gelu(ELEMENTS, x, 0, out, 0));
        steps.add(() -> engine.activation().geluBackward(ELEMENTS, x, 0, y, 0, out, 0));
        steps.add(() -> engine.elementwise().add(ELEMENTS, x, 0, y, 0, out, 0));
        steps.add(() -> engine.elementwise().scale(ELEMENTS, 0.5f, x, 0, out, 0));
        steps.add(() -> engine.elementwise().addBias(ROWS, COLS, x, 0, COLS, row, 0, out, 0, COLS));
        steps.add(() -> engine.elementwise().biasGradient(ROWS, COLS, x, 0, COLS, out, 0));
        steps.add(() -> engine.elementwise().dropout(ELEMENTS, 0.1f, 1, 0, x, 0, out, 0));
        steps.add(() -> engine.elementwise().sumOfSquares(ELEMENTS, x, 0));
        float[] w = new float[ELEMENTS];
        float[] m = new float[ELEMENTS];
        float[] v = new float[ELEMENTS];
        steps.add(
                () -> engine.update().adamW(
                        ELEMENTS, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f, w, 0, x, 0, m, 0, v, 0));
        steps.add(
                () -> engine.update().adamWRows(
                        1, COLS, ids, 0, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f, w, x, m, v, ROWS, 0));
    }

    private void tables(List<Runnable> steps) {
        int[] lengths = {2, 3};
        steps.add(() -> engine.embedding().gather(ROWS, COLS, ids, 0, ROWS, x, 0, out, 0, COLS));
        steps.add(() -> engine.embedding().gatherAdd(ROWS, COLS, ids, 0, ROWS, x, 0, out, 0, COLS));
        steps.add(() -> engine.embedding().scatterAdd(ROWS, COLS, ids, 0, x, 0, COLS, ROWS, out, 0));
        steps.add(() -> engine.embedding().addPositions(1, ROWS, COLS, x, 0, out, 0));
        for (RotaryTable.Layout layout : RotaryTable.Layout.values()) {
            RotaryTable table = new RotaryTable(layout, ROWS, COLS - 1);
            steps.add(() -> engine.embedding().rotary(ROWS, 1, table, null, 0, 0, x, 0, COLS, out, 0, COLS));
        }
        steps.add(() -> engine.embedding().meanPool(2, 3, COLS, lengths, 0, x, 0, out, 0));
        steps.add(() -> engine.embedding().meanPoolBackward(2, 3, COLS, lengths, 0, x, 0, out, 0));
    }
}
