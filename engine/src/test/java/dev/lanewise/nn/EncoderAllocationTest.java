package dev.lanewise.nn;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.Engine;
import dev.lanewise.RotaryTable;
import dev.lanewise.optim.AdamW;
import dev.lanewise.optim.GradientClipping;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That a training step allocates nothing once its code is compiled and its memory has grown to the batch. */
@Tag("once")
final class EncoderAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int STEPS = 50;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(180);

    @BeforeAll
    static void vectorsAreNotObjects() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
        assumeTrue(System.getProperty("os.arch").matches("amd64|x86_64"), "masked stores are known for x86 only");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 20, false, 0, false", "2, 20, false, 0, false", "2, 32, true, 0.1, false", "2, 2, true, 0.1, false",
        "1, 20, false, 0, true", "2, 32, true, 0.1, true"
    })
    void trainingStepAllocatesNothing(
            int threads, int batch, boolean padded, float dropout, boolean everyOption) {
        int seqLen = 32;
        int dim = 16;
        int[] lengths = padded ? new int[batch] : null;
        for (int b = 0; padded && b < batch; b++) {
            lengths[b] = seqLen - b;
        }
        Parameters.Builder builder = Parameters.builder(1);
        var config = new Encoder.Config(dim, 2, 48, 1, Activation.GELU, dropout, false);
        if (everyOption) {
            config = everyOption(config, seqLen);
        }
        Encoder encoder = new Encoder(builder, "encoder", config);
        Parameters parameters = builder.build();
        AdamW optimizer = new AdamW(parameters, AdamW.Settings.DEFAULT);
        GradientClipping clipping = new GradientClipping(1);
        float[] x = Gradients.random(2, batch * seqLen * dim);
        float[] dX = new float[x.length];
        var kept = new Encoder.Activations();
        try (Engine engine = Engine.builder().threads(threads).build()) {
            engine.warmUp();
            assertAllocatesNothing(() -> {
                parameters.zeroGradients();
                encoder.forward(engine, batch, seqLen, lengths, x, kept, 0);
                encoder.backward(engine, kept, kept.output(), dX);
                clipping.clip(engine, parameters);
                optimizer.step(engine, 1e-4f);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, true"})
    void raggedStepsOfOtherLengthsEachTimeAllocateNothing(int threads, boolean everyOption) {
        int dim = 16;
        int batch = 24;
        Random random = new Random(1);
        int[][] offsets = new int[7][batch + 1];
        int most = 0;
        for (int[] each : offsets) {
            for (int b = 0; b < batch; b++) {
                each[b + 1] = each[b] + random.nextInt(60);
            }
            most = Math.max(most, each[batch]);
        }
        var config = new Encoder.Config(dim, 2, 48, 1, Activation.GELU, 0.1f, false);
        if (everyOption) {
            config = everyOption(config, 60);
        }
        Parameters.Builder builder = Parameters.builder(1);
        Encoder encoder = new Encoder(builder, "encoder", config);
        builder.build();
        float[] x = Gradients.random(2, most * dim);
        float[] dX = new float[x.length];
        var kept = new Encoder.Activations();
        int[] step = {0};
        try (Engine engine = Engine.builder().threads(threads).build()) {
            engine.warmUp();
            assertAllocatesNothing(() -> {
                encoder.forwardRagged(engine, batch, offsets[step[0]++ % offsets.length], x, kept, 0);
                encoder.backward(engine, kept, kept.output(), dX);
            });
        }
    }

    private static Encoder.Config everyOption(Encoder.Config config, int positions) {
        int headDim = config.modelDim() / config.heads();
        return config.withAttention(
                config.attention().withKeyValueHeads(1).withCausal(true).withWindow(9, -1)
                        .withRotary(new RotaryTable(RotaryTable.Layout.HALVES, positions, headDim)));
    }

    /** Runs steps until a batch of them has allocated less than a byte a step, on this thread and the engine's. */
    private static void assertAllocatesNothing(Runnable step) {
        List<Long> ids = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread == Thread.currentThread() || thread.getName().startsWith("lanewise-worker")) {
                ids.add(thread.threadId());
            }
        }
        long[] threads = ids.stream().mapToLong(Long::longValue).toArray();
        long deadline = System.nanoTime() + PATIENCE;
        long bytes;
        do {
            long before = allocated(threads);
            for (int i = 0; i < STEPS; i++) {
                step.run();
            }
            bytes = allocated(threads) - before;
            if (System.nanoTime() > deadline) {
                throw new AssertionError("still " + bytes / (double) STEPS + " bytes a step");
            }
        } while (bytes >= STEPS);
    }

    private static long allocated(long[] threads) {
        long sum = 0;
        for (long thread : threads) {
            sum += THREADS.getThreadAllocatedBytes(thread);
        }
        return sum;
    }
}
