package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.runtime.Workers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A closed engine refuses everything alike: small and large calls, on one thread and on many, before anything is written. */
@Tag("once")
final class EngineCloseTest {
    private static final int N = 4;

    private final float[] in = new float[100];
    private final float[] weights = new float[100];
    private final float[] out = filled(100);
    private final float[] more = filled(100);

    private static float[] filled(int n) {
        float[] values = new float[n];
        Arrays.fill(values, 0.5f);
        return values;
    }

    /** Calls of every family, and of every way through it, so small that none needs a second thread. */
    private Map<String, Runnable> calls(Engine engine) {
        Matrix x = new Matrix(in, 0, N, N, N);
        Matrix w = new Matrix(weights, 0, N, N, N);
        Matrix y = new Matrix(out, 0, N, N, N);
        MatMulEpilogue relu = new MatMulEpilogue().relu();
        PackedMatrix packed = engine.matMul().pack(w);
        Map<String, Runnable> calls = new LinkedHashMap<>();
        calls.put("matMul", () -> engine.matMul(x, w, y));
        calls.put("matMul with epilogue", () -> engine.matMul().multiply(x, w, y, relu));
        calls.put("matMul packed", () -> engine.matMul().multiply(x, packed, y));
        calls.put("pack", () -> engine.matMul().pack(w));
        calls.put("repack", () -> engine.matMul().repack(packed, w));
        calls.put(
                "multiplyBatch",
                () -> engine.matMul().multiplyBatch(
                        2, Transpose.NO, Transpose.NO, 2, 2, 2, 1, in, 0, 2, 4, weights, 0, 2, 4, 0, out, 0, 2, 4));
        calls.put("attention", () -> engine.attention(x, w, w, y, AttentionMask.none()));
        calls.put(
                "attention backward",
                () -> engine.attention().backward(
                        AttentionShape.headsFirst(1, 1, N, N, N), AttentionMask.none(), in, 0, weights, 0, weights, 0,
                        in, 16, in, 32, in, 36, out, 0, out, 16, more, 0));
        calls.put("softmax", () -> engine.softmax().softmax(x, y));
        calls.put(
                "layerNorm", () -> engine.norm().layerNorm(
                        N, N, 1e-5f, in, 0, N, weights, 0, weights, N, out, 0, N, more, 0, more, N));
        calls.put(
                "layerNormGradients", () -> engine.norm().layerNormGradients(
                        N, N, in, 0, N, in, 16, N, weights, 0, weights, N, weights, 8, false, out, 0, N, more, 0, more,
                        N));
        calls.put(
                "rmsNorm",
                () -> engine.rmsNorm().rmsNorm(N, N, 1e-5f, in, 0, N, weights, 0, out, 0, N, more, 0));
        calls.put("gelu", () -> engine.activation().gelu(N, in, 0, out, 0));
        calls.put("add", () -> engine.elementwise().add(N, in, 0, weights, 0, out, 0));
        calls.put("sumOfSquares", () -> engine.elementwise().sumOfSquares(N, in, 0));
        calls.put("gather", () -> engine.embedding().gather(2, N, new int[] {0, 1}, 0, N, in, 0, out, 0, N));
        calls.put(
                "adamW", () -> engine.update().adamW(
                        N, 1f, 0.9f, 0.999f, 1e-8f, 0f, 0.1f, 0.1f, out, 0, in, 0, more, 0, more, N));
        calls.put("workers", engine::workers);
        calls.put("warmUp", engine::warmUpMatMul);
        return calls;
    }

    private void assertRefuses(Map<String, Runnable> calls, String words) {
        calls.forEach((name, call) -> {
            IllegalStateException e = assertThrows(IllegalStateException.class, call::run, name);
            assertTrue(e.getMessage().contains(words), () -> name + ": " + e.getMessage());
            for (float[] values : new float[][] {out, more}) {
                for (float value : values) {
                    assertEquals(0.5f, value, () -> name + " has written");
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aClosedEngineRefusesEveryCallOnAnyNumberOfThreads(int threads) {
        Engine engine = Engine.builder().threads(threads).build();
        Map<String, Runnable> calls = calls(engine);
        Map<String, Runnable> onCallingThread = calls(engine.onCallingThread());
        engine.close();
        assertRefuses(calls, "this engine is closed");
        assertRefuses(onCallingThread, "this engine is closed");
        assertEquals(threads, engine.info().threads());
        engine.close();
    }

    @Test
    void anEngineOnATeamOfOthersClosesWithoutIt() {
        try (Workers team = Workers.of(2)) {
            Engine engine = Engine.builder().workers(team).build();
            Map<String, Runnable> calls = calls(engine);
            engine.close();
            assertRefuses(calls, "this engine is closed");
            assertFalse(team.isClosed());
            try (Engine another = Engine.builder().workers(team).build()) {
                another.elementwise().add(N, in, 0, in, 0, out, 0);
                assertSame(team, another.workers());
            }
        }
    }

    @Test
    void anEngineWhoseTeamIsClosedRefusesEveryCall() {
        Workers team = Workers.of(2);
        Engine engine = Engine.builder().workers(team).build();
        Map<String, Runnable> calls = calls(engine);
        team.close();
        assertRefuses(calls, "workers that this engine was given are closed");
    }

    @Test
    void closingTheEngineOnTheCallingThreadLeavesItsOriginOpen() {
        try (Engine engine = Engine.builder().threads(2).build()) {
            engine.onCallingThread().close();
            engine.elementwise().add(N, in, 0, in, 0, out, 0);
            engine.onCallingThread().elementwise().add(N, in, 0, in, 0, more, 0);
            assertEquals(0f, out[0] + more[0]);
        }
    }
}
