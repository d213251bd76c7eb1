package dev.lanewise.machinecode;

import com.sun.management.ThreadMXBean;
import dev.lanewise.ActivationOps;
import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionOptions;
import dev.lanewise.AttentionShape;
import dev.lanewise.AttentionTensors;
import dev.lanewise.Engine;
import dev.lanewise.MatMulEpilogue;
import dev.lanewise.Matrix;
import dev.lanewise.RotaryTable;
import dev.lanewise.SoftmaxOps;
import dev.lanewise.Transpose;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A program that warms the kernels and then makes the first calls of a model: rows of whole vectors, in arrays of their
 * size. Prints what each allocates a call, after the one that grows its memory.
 */
public final class FirstCalls {
    /** Argument for a program that has worked with vectors of all widths before. */
    static final String AFTER_OTHER_VECTORS = "after-other-vectors";

    private static final int ROWS = 8;
    private static final int COLS = 256;
    private static final int N = ROWS * COLS;
    private static final int CALLS = 3;

    /** No multiple of a vector. */
    private static final int ODD = 131;

    private final Random random = new Random(1);
    private final float[] x = values(N);
    private final float[] y = values(N);
    private final float[] out = new float[N];
    private final float[] normalized = new float[N];
    private final float[] gamma = values(COLS);
    private final float[] beta = values(COLS);
    private final float[] mean = new float[ROWS];
    private final float[] rstd = new float[ROWS];
    private final float[] square = values(ODD * ODD);
    private final Engine engine;

    private FirstCalls(Engine engine) {
        this.engine = engine;
    }

    /**
     * The program.
     *
     * @param args {@link #AFTER_OTHER_VECTORS}, or none
     */
    public static void main(String[] args) {
        if (List.of(args).contains(AFTER_OTHER_VECTORS)) {
            OtherVectors.run();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Engine engine = Engine.serial()) {
            FirstCalls calls = new FirstCalls(engine);
            Map<String, Runnable> all = new LinkedHashMap<>();
            calls.rows(all);
            calls.functions(all);
            calls.gradients(all);
            calls.attention(all);
            calls.products(all);
            System.out.println("warm: " + engine.warmUp(Duration.ofSeconds(30)));
            all.forEach((name, call) -> {
                call.run();
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < CALLS; i++) {
                    call.run();
                }
                System.out.println((threads.getCurrentThreadAllocatedBytes() - before) / CALLS + " bytes: " + name);
            });
        }
    }

    private void rows(Map<String, Runnable> calls) {
        SoftmaxOps softmax = engine.softmax();
        calls.put("softmax", () -> softmax.softmax(ROWS, COLS, x, 0, COLS, out, 0, COLS));
        calls.put("logSoftmax", () -> softmax.logSoftmax(ROWS, COLS, x, 0, COLS, out, 0, COLS));
        calls.put(
                "layerNorm",
                () -> engine.norm().layerNorm(
                        ROWS, COLS, 1e-5f, x, 0, COLS, gamma, 0, beta, 0, out, 0, COLS, mean, 0, rstd, 0));
        for (float[] bias : new float[][] {null, beta}) {
            calls.put(
                    "addLayerNorm, " + (bias == null ? "no bias" : "bias"),
                    () -> engine.norm().addLayerNorm(
                            ROWS, COLS, 1e-5f, x, 0, COLS, y, 0, COLS, bias, 0, gamma, 0, beta, 0, out, 0, COLS,
                            normalized, 0, COLS, mean, 0, rstd, 0));
        }
        calls.put(
                "rmsNorm",
                () -> engine.rmsNorm().rmsNorm(ROWS, COLS, 1e-5f, x, 0, COLS, gamma, 0, out, 0, COLS, rstd, 0));
        for (RotaryTable.Layout layout : RotaryTable.Layout.values()) {
            RotaryTable table = new RotaryTable(layout, ROWS, 64);
            calls.put(
                    "rotary, " + layout,
                    () -> engine.embedding().rotary(ROWS, 4, table, null, 0, 0, x, 0, COLS, out, 0, COLS));
        }
    }

    private void functions(Map<String, Runnable> calls) {
        ActivationOps ops = engine.activation();
        calls.put("gelu", () -> ops.gelu(N, x, 0, out, 0));
        calls.put("geluTanh", () -> ops.geluTanh(N, x, 0, out, 0));
        calls.put("silu", () -> ops.silu(N, x, 0, out, 0));
        calls.put("sigmoid", () -> ops.sigmoid(N, x, 0, out, 0));
        calls.put("tanh", () -> ops.tanh(N, x, 0, out, 0));
        calls.put("exp", () -> ops.exp(N, x, 0, out, 0));
        calls.put("log", () -> ops.log(N, x, 0, out, 0));
        calls.put("erf", () -> ops.erf(N, x, 0, out, 0));
    }

    private void gradients(Map<String, Runnable> calls) {
        float[] dGamma = new float[COLS];
        float[] dBeta = new float[COLS];
        int[] labels = new int[ROWS];
        calls.put(
                "crossEntropyWithGradient",
                () -> engine.softmax().crossEntropyWithGradient(
                        ROWS, COLS, x, 0, COLS, labels, 0, 1f, mean, 0, out, 0, COLS));
        calls.put("softmaxBackward",
                () -> engine.softmax().softmaxBackward(ROWS, COLS, x, 0, COLS, y, 0, COLS, out, 0, COLS));
        calls.put("crossEntropy", () -> engine.softmax().crossEntropy(ROWS, COLS, x, 0, COLS, labels, 0, mean, 0));
        calls.put(
                "layerNormGradients",
                () -> engine.norm().layerNormGradients(
                        ROWS, COLS, y, 0, COLS, x, 0, COLS, gamma, 0, mean, 0, rstd, 0, false, out, 0, COLS, dGamma,
                        0, dBeta, 0));
        calls.put("siluBackward", () -> engine.activation().siluBackward(N, x, 0, y, 0, out, 0));
        calls.put("geluBackward", () -> engine.activation().geluBackward(N, x, 0, y, 0, out, 0));
        float[] m = new float[N];
        float[] v = new float[N];
        calls.put(
                "adamW",
                () -> engine.update().adamW(
                        N, 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f, out, 0, y, 0, m, 0, v, 0));
    }

    /** A layer that one new token goes through. */
    private void products(Map<String, Runnable> calls) {
        int columns = 128;
        float[] weight = values(COLS * columns);
        float[] z = new float[columns];
        Map<String, MatMulEpilogue> all = new LinkedHashMap<>();
        all.put("none", null);
        all.put("bias", new MatMulEpilogue().bias(gamma, 0));
        all.put("bias, gelu", new MatMulEpilogue().bias(gamma, 0).gelu());
        all.put("gelu", new MatMulEpilogue().gelu().keepPreActivation(z, 0, columns));
        calls.put("vector times matrix, rows with a rest", () -> odd(1, ODD));
        calls.put("matrix times vector, rows with a rest", () -> odd(ODD, 1));
        all.forEach(
                (name, epilogue) -> calls.put(
                        "one row times a matrix, epilogue: " + name,
                        () -> engine.matMul().multiply(
                                Transpose.NO, Transpose.NO, 1, columns, COLS, 1f, x, 0, COLS, weight, 0, columns,
                                0f, out, 0, columns, epilogue)));
    }

    private void odd(int m, int n) {
        engine.matMul().multiply(
                Transpose.NO, Transpose.NO, m, n, ODD, 1f, square, 0, ODD, square, 0, n, 0f, out, 0, n);
    }

    private void attention(Map<String, Runnable> calls) {
        int tokens = 128;
        int heads = 2;
        int headDim = 64;
        int size = heads * tokens * headDim;
        AttentionShape shape = AttentionShape.headsFirst(1, heads, tokens, tokens, headDim);
        AttentionTensors tensors = new AttentionTensors().q(values(size), 0).k(values(size), 0).v(values(size), 0)
                .out(new float[size], 0).logSumExp(new float[heads * tokens], 0);
        Matrix bias = new Matrix(values(tokens * tokens), 0, tokens, tokens, tokens);
        Map<String, AttentionOptions> all = new LinkedHashMap<>();
        all.put("plain", new AttentionOptions());
        all.put("causal", new AttentionOptions().mask(AttentionMask.causal()));
        all.put("window", new AttentionOptions().mask(AttentionMask.window(20, 5)));
        all.put("bias", new AttentionOptions().mask(AttentionMask.bias(bias)));
        all.put("dropout", new AttentionOptions().dropout(0.1f, 7));
        all.forEach(
                (name, options) -> calls.put(
                        "attention, " + name, () -> engine.attention().forward(shape, options, tensors)));
    }

    private float[] values(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
