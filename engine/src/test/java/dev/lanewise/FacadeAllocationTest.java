package dev.lanewise;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.runtime.Workers;
import dev.lanewise.testing.Allocations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That the operations allocate nothing once they are compiled, on one thread and on two. */
@Tag("once")
final class FacadeAllocationTest {
    /** More than a block, so that two threads get their share; partial vectors in every row. */
    private static final int ROWS = 600;

    private static final int COLS = 61;
    private static final int N = ROWS * COLS;

    private final float[] x = values();
    private final float[] y = values();
    private final float[] dY = values();
    private final float[] dX = new float[N];
    private final float[] m = new float[N];
    private final float[] v = new float[N];
    private final float[] gamma = new float[COLS];
    private final float[] beta = new float[COLS];
    private final float[] dGamma = new float[COLS];
    private final float[] dBeta = new float[COLS];
    private final float[] mean = new float[ROWS];
    private final float[] rstd = new float[ROWS];
    private final int[] ids = new int[ROWS];

    @BeforeAll
    static void masksAreInstructions() {
        assumeTrue(VectorSupport.obstacle().isEmpty(), "no vectors here");
        assumeTrue(System.getProperty("os.arch").matches("amd64|x86_64"), "masked stores are known for x86 only");
    }

    @Test
    void compiledOperationsAllocateNothing() {
        try (Workers two = Workers.of(2)) {
            for (Workers workers : List.of(Workers.serial(), two)) {
                Engine engine = Engine.builder().implementation(Implementation.VECTOR).workers(workers).build();
                operations(engine).forEach(
                        (name, operation) -> Allocations
                                .assertNone(name + ", " + workers.threads() + " threads", operation));
            }
        }
    }

    private Map<String, Runnable> operations(Engine engine) {
        Map<String, Runnable> calls = new LinkedHashMap<>();
        softmax(engine.softmax(), calls);
        logSoftmax(engine.softmax(), calls);
        norm(engine.norm(), calls);
        rmsNorm(engine.rmsNorm(), calls);
        rotary(engine.embedding(), calls);
        fusedNorm(engine.norm(), calls);
        activation(engine.activation(), calls);
        elementwise(engine.elementwise(), calls);
        embedding(engine.embedding(), calls);
        update(engine.update(), calls);
        return calls;
    }

    private void softmax(SoftmaxOps ops, Map<String, Runnable> calls) {
        calls.put("softmax", () -> ops.softmax(ROWS, COLS, x, 0, COLS, y, 0, COLS));
        calls.put("softmaxPrefix", () -> ops.softmaxPrefix(ROWS, COLS, ids, 0, x, 0, COLS, y, 0, COLS));
        calls.put("softmaxBackward", () -> ops.softmaxBackward(ROWS, COLS, y, 0, COLS, dY, 0, COLS, dX, 0, COLS));
        calls.put("crossEntropy", () -> ops.crossEntropy(ROWS, COLS, x, 0, COLS, ids, 0, mean, 0));
        calls.put(
                "crossEntropyBackward",
                () -> ops.crossEntropyBackward(ROWS, COLS, x, 0, COLS, ids, 0, 1f, dX, 0, COLS));
    }

    private void logSoftmax(SoftmaxOps ops, Map<String, Runnable> calls) {
        calls.put("logSoftmax", () -> ops.logSoftmax(ROWS, COLS, x, 0, COLS, m, 0, COLS));
        calls.put("logSoftmaxBackward", () -> ops.logSoftmaxBackward(ROWS, COLS, m, 0, COLS, dY, 0, COLS, dX, 0, COLS));
        calls.put(
                "crossEntropyWithGradient",
                () -> ops.crossEntropyWithGradient(ROWS, COLS, x, 0, COLS, ids, 0, 1f, mean, 0, dX, 0, COLS));
    }

    private void rmsNorm(RmsNormOps ops, Map<String, Runnable> calls) {
        calls.put(
                "rmsNorm", () -> ops.rmsNorm(ROWS, COLS, 1e-5f, x, 0, COLS, gamma, 0, y, 0, COLS, rstd, 0));
        for (boolean add : new boolean[] {true, false}) {
            calls.put(
                    "rmsNormGradients, " + add,
                    () -> ops.rmsNormGradients(
                            ROWS, COLS, dY, 0, COLS, x, 0, COLS, gamma, 0, rstd, 0, add, dX, 0, COLS, dGamma, 0));
        }
    }

    private void rotary(EmbeddingOps ops, Map<String, Runnable> calls) {
        for (RotaryTable.Layout layout : RotaryTable.Layout.values()) {
            RotaryTable table = new RotaryTable(layout, ROWS, COLS - 1);
            calls.put("rotary, " + layout, () -> ops.rotary(ROWS, 1, table, null, 0, 0, x, 0, COLS, y, 0, COLS));
            calls.put("rotaryBackward, " + layout,
                    () -> ops.rotaryBackward(ROWS, 1, table, ids, 0, 0, dY, 0, COLS, dX, 0, COLS));
        }
    }

    private void activation(ActivationOps ops, Map<String, Runnable> calls) {
        calls.put("gelu", () -> ops.gelu(N, x, 0, y, 0));
        calls.put("geluBackward", () -> ops.geluBackward(N, x, 0, dY, 0, dX, 0));
        calls.put("silu", () -> ops.silu(N, x, 0, y, 0));
        calls.put("tanhBackward", () -> ops.tanhBackward(N, y, 0, dY, 0, dX, 0));
    }

    private void norm(NormOps ops, Map<String, Runnable> calls) {
        calls.put(
                "layerNorm",
                () -> ops.layerNorm(
                        ROWS, COLS, 1e-5f, x, 0, COLS, gamma, 0, beta, 0, y, 0, COLS, mean, 0, rstd, 0));
    }

    private void fusedNorm(NormOps ops, Map<String, Runnable> calls) {
        calls.put(
                "addLayerNorm",
                () -> ops.addLayerNorm(
                        ROWS, COLS, 1e-5f, x, 0, COLS, dY, 0, COLS, gamma, 0, gamma, 0, beta, 0, m, 0, COLS, y, 0,
                        COLS, mean, 0, rstd, 0));
        calls.put(
                "layerNormGradients, added",
                () -> ops.layerNormGradients(
                        ROWS, COLS, dY, 0, COLS, x, 0, COLS, gamma, 0, mean, 0, rstd, 0, true, dX, 0, COLS, dGamma, 0,
                        dBeta, 0));
        calls.put(
                "layerNormGradients, written",
                () -> ops.layerNormGradients(
                        ROWS, COLS, dY, 0, COLS, x, 0, COLS, gamma, 0, mean, 0, rstd, 0, false, dX, 0, COLS, dGamma, 0,
                        dBeta, 0));
    }

    private void elementwise(ElementwiseOps ops, Map<String, Runnable> calls) {
        calls.put("add", () -> ops.add(N, x, 0, dY, 0, y, 0));
        calls.put("scale", () -> ops.scale(N, 2f, x, 0, y, 0));
        calls.put("addBias", () -> ops.addBias(ROWS, COLS, x, 0, COLS, gamma, 0, y, 0, COLS));
        calls.put("biasGradient", () -> ops.biasGradient(ROWS, COLS, dY, 0, COLS, dBeta, 0));
        calls.put("dropout", () -> ops.dropout(N, 0.1f, 7, 0, x, 0, y, 0));
        calls.put("sumOfSquares", () -> ops.sumOfSquares(N, x, 0));
    }

    private void embedding(EmbeddingOps ops, Map<String, Runnable> calls) {
        calls.put("gather", () -> ops.gather(ROWS, COLS, ids, 0, ROWS, x, 0, y, 0, COLS));
        calls.put("gatherAdd", () -> ops.gatherAdd(ROWS, COLS, ids, 0, ROWS, x, 0, y, 0, COLS));
        calls.put("scatterAdd", () -> ops.scatterAdd(ROWS, COLS, ids, 0, dY, 0, COLS, ROWS, dX, 0));
        calls.put("addPositions", () -> ops.addPositions(ROWS / 4, 4, COLS, x, 0, y, 0));
        calls.put("meanPool", () -> ops.meanPool(ROWS / 4, 4, COLS, ids, 0, x, 0, y, 0));
        calls.put("meanPoolBackward", () -> ops.meanPoolBackward(ROWS / 4, 4, COLS, ids, 0, dY, 0, dX, 0));
    }

    private void update(UpdateOps ops, Map<String, Runnable> calls) {
        calls.put(
                "adamW",
                () -> ops.adamW(N, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f, y, 0, dY, 0, m, 0, v, 0));
        int[] rows = new int[ROWS / 2];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = 2 * i;
        }
        calls.put(
                "adamWRows",
                () -> ops.adamWRows(
                        rows.length, COLS, rows, 0, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f, y, dX, m, v,
                        ROWS, 0));
    }

    private static float[] values() {
        float[] values = new float[N];
        for (int i = 0; i < N; i++) {
            values[i] = (float) Math.sin(i);
        }
        return values;
    }
}
