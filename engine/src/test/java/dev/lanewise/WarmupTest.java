package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class WarmupTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void everyKernelIsCompiledAndTheSecondTimeAtOnce() {
        assumeTrue(System.getProperty("os.arch").matches("amd64|x86_64"), "masked stores are known for x86 only");
        try (Engine engine = Engine.serial()) {
            assertTrue(engine.warmUp(LONG), "first time");
            assertTrue(engine.warmUp(), "second time");
            assertTrue(engine.warmUpMatMul());
        }
    }

    @Test
    void resultsAreTheSameBitsBeforeAndAfter() {
        Random random = new Random(5);
        int n = 150;
        float[] a = new float[n * n];
        float[] b = new float[n * n];
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextFloat() - 0.5f;
            b[i] = random.nextFloat() - 0.5f;
        }
        float[] before = new float[n * n];
        float[] after = new float[n * n];
        try (Engine engine = Engine.builder().threads(2).build()) {
            engine.matMul(Matrix.of(a, n, n), Matrix.of(b, n, n), Matrix.of(before, n, n));
            engine.warmUp(Duration.ofMillis(300));
            engine.matMul(Matrix.of(a, n, n), Matrix.of(b, n, n), Matrix.of(after, n, n));
        }
        assertArrayEquals(before, after);
    }

    @Test
    void closedTeamIsAnError() {
        Engine engine = Engine.builder().threads(2).build();
        engine.close();

        assertThrows(IllegalStateException.class, engine::warmUp);
        assertThrows(IllegalStateException.class, engine::warmUpMatMul);
    }

    @Test
    void scalarKernelsNeedNoWarming() {
        try (Engine engine = Engine.builder().implementation(Implementation.SCALAR).threads(1).build()) {
            assertTrue(engine.warmUp(Duration.ZERO));
        }
    }

    @Test
    void noStepIsCalledWhenTheTimeIsOver() {
        AtomicInteger calls = new AtomicInteger();

        assertFalse(Warmup.run(List.of(List.of(calls::incrementAndGet)), Duration.ZERO));
        assertFalse(Warmup.run(List.of(List.of(calls::incrementAndGet)), Duration.ofDays(-200_000)));
        assertEquals(0, calls.get());
    }

    @Test
    void limitBeyondTheLongestTimeOfTheClockIsNoLimit() {
        AtomicInteger calls = new AtomicInteger();

        assertTrue(Warmup.run(List.of(List.of(calls::incrementAndGet)), Duration.ofDays(200_000)));
        assertTrue(calls.get() > 0);
    }

    @Test
    void stepIsCalledUntilItAllocatesNothing() {
        assumeTrue(AllocationCounter.find().isPresent(), "this JVM does not count allocations");
        AtomicInteger calls = new AtomicInteger();
        float[][] kept = new float[1][];
        // Allocates in the first thousand calls: its turns are a few calls each, so it is called again and again.
        Runnable step = () -> {
            if (calls.incrementAndGet() < 1000) {
                kept[0] = new float[64];
            }
        };

        assertTrue(Warmup.run(List.of(List.of(step)), LONG));
        assertTrue(calls.get() >= 1000, calls + " calls, the last array of " + kept[0].length);
    }

    @Test
    void stepThatALaterOneMakesColdIsCalledUntilItIsWarmAgain() {
        assumeTrue(AllocationCounter.find().isPresent(), "this JVM does not count allocations");
        AtomicInteger coldCalls = new AtomicInteger();
        AtomicInteger laterCalls = new AtomicInteger();
        float[][] kept = new float[1][];
        Runnable step = () -> {
            if (coldCalls.get() > 0) {
                coldCalls.decrementAndGet();
                kept[0] = new float[64];
            }
        };
        Runnable later = () -> {
            if (laterCalls.getAndIncrement() == 0) {
                coldCalls.set(1000);
            }
        };

        assertTrue(Warmup.run(List.of(List.of(step), List.of(later)), LONG));
        assertEquals(0, coldCalls.get());
    }

    @Test
    void stepThatNeverStopsAllocatingKeepsNoLaterStageFromItsTurn() {
        float[][] kept = new float[1][];
        AtomicInteger laterCalls = new AtomicInteger();

        Warmup.run(
                List.of(List.of(() -> kept[0] = new float[64]), List.of(laterCalls::incrementAndGet)),
                Duration.ofMillis(400));

        assertTrue(laterCalls.get() > 0);
    }

    @Test
    void stepThatNeverStopsAllocatingEndsAtTheLimit() {
        float[][] kept = new float[1][];
        long start = System.nanoTime();

        boolean compiled = Warmup.run(List.of(List.of(() -> kept[0] = new float[64])), Duration.ofMillis(50));

        assertFalse(compiled);
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20));
    }
}
