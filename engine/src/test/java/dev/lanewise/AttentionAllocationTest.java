package dev.lanewise;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.runtime.Workers;
import dev.lanewise.testing.Allocations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** That attention allocates nothing once it is compiled, with any options, on one thread and on two. */
@Tag("once")
@ExtendWith(dev.lanewise.testing.Seeds.class)
final class AttentionAllocationTest {
    private static final int TOKENS = 70;
    private static final int HEADS = 4;
    private static final int DIM = 24;
    private static final int COLS = HEADS * DIM;

    private final float[] x = new float[2 * TOKENS * 3 * COLS];
    private final float[] dX = new float[x.length];
    private final float[] out = new float[2 * TOKENS * COLS];
    private final float[] dOut = new float[out.length];
    private final float[] logSumExp = new float[2 * TOKENS * HEADS];

    @BeforeAll
    static void masksAreInstructions() {
        assumeTrue(VectorSupport.obstacle().isEmpty(), "no vectors here");
        assumeTrue(System.getProperty("os.arch").matches("amd64|x86_64"), "masked stores are known for x86 only");
    }

    @Test
    void compiledCallsAllocateNothing(Random random) {
        for (float[] values : List.of(x, dOut)) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
        }
        try (Workers two = Workers.of(2)) {
            for (Workers workers : List.of(Workers.serial(), two)) {
                Engine engine = Engine.builder().implementation(Implementation.VECTOR).workers(workers).build();
                calls(engine.attention()).forEach(
                        (name, call) -> Allocations.assertNone(name + ", " + workers.threads() + " threads", call));
            }
        }
    }

    private Map<String, Runnable> calls(AttentionOps ops) {
        AttentionShape shape = AttentionShape.interleaved(
                2, HEADS, TOKENS, TOKENS, DIM, 3 * COLS, 3 * COLS, 3 * COLS, COLS);
        int[] starts = {0, 41, 2 * TOKENS};
        AttentionShape ragged = AttentionShape.ragged(
                2, HEADS, HEADS, DIM, starts, starts, 3 * COLS, 3 * COLS, 3 * COLS, COLS);
        AttentionShape grouped = AttentionShape.interleaved(
                2, HEADS, 2, TOKENS, TOKENS, DIM, 3 * COLS, 3 * COLS, 3 * COLS, COLS);
        Map<String, Runnable> calls = new LinkedHashMap<>();
        calls.put("no mask", () -> both(ops, shape, AttentionMask.none()));
        calls.put("causal", () -> both(ops, shape, AttentionMask.causal()));
        calls.put("ragged, causal", () -> both(ops, ragged, AttentionMask.causal()));
        AttentionMask window = AttentionMask.window(20, 5);
        AttentionMask bias = AttentionMask.none().withBias(dOut, 0, 0, 0, TOKENS);
        AttentionTensors tensors = new AttentionTensors().q(x, 0).k(x, COLS).v(x, 2 * COLS).out(out, 0)
                .logSumExp(logSumExp, 0).dOut(dOut, 0).dQ(dX, 0).dK(dX, COLS).dV(dX, 2 * COLS);
        AttentionOptions options = new AttentionOptions();
        calls.put("window", () -> both(ops, shape, options.mask(window), tensors));
        calls.put("bias", () -> both(ops, shape, options.mask(bias), tensors));
        AttentionTensors withBias = new AttentionTensors();
        withBias.set(tensors);
        withBias.dBias(new float[TOKENS * TOKENS], 0);
        calls.put("bias and its gradient", () -> both(ops, shape, options.mask(bias), withBias));
        calls.put("shared heads", () -> both(ops, grouped, options.mask(AttentionMask.none()), tensors));
        calls.put("dropout", () -> both(ops, shape, options.dropout(0.1f, options.dropoutSeed() + 1), tensors));
        Matrix q = new Matrix(x, 0, TOKENS, DIM, 3 * COLS);
        Matrix result = new Matrix(out, 0, TOKENS, DIM, COLS);
        calls.put("matrices", () -> ops.forward(q, q, q, result, AttentionMask.causal()));
        return calls;
    }

    private void both(AttentionOps ops, AttentionShape shape, AttentionMask mask) {
        ops.forward(shape, mask, x, 0, x, COLS, x, 2 * COLS, out, 0, logSumExp, 0);
        ops.backward(
                shape, mask, x, 0, x, COLS, x, 2 * COLS, out, 0, logSumExp, 0, dOut, 0, dX, 0, dX, COLS, dX, 2 * COLS);
    }

    private static void both(
            AttentionOps ops, AttentionShape shape, AttentionOptions options, AttentionTensors tensors) {
        ops.forward(shape, options, tensors);
        ops.backward(shape, options, tensors);
    }
}
