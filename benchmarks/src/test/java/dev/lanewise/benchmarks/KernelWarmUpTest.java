package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KernelWarmUpTest {
    private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long ALLOCATING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private byte[] garbage;
    private long calls;

    @Test
    void callsUntilNothingIsAllocatedAnyMore() {
        long start = System.nanoTime();
        boolean settled = KernelWarmUp.run(() -> {
            if (System.nanoTime() - start < ALLOCATING_NANOS) {
                garbage = new byte[1000];
            }
        }, 1, 24, BATCH_NANOS, 10_000);
        assertTrue(settled);
        assertTrue(System.nanoTime() - start > ALLOCATING_NANOS, "ended while calls still allocated");
    }

    @Test
    void endsWhereCallsAllocateForGood() {
        boolean settled = KernelWarmUp.run(() -> {
            calls++;
            garbage = new byte[1000];
        }, 1, 24, BATCH_NANOS, 5);
        assertFalse(settled);
        assertTrue(calls >= 5, "a batch was left out");
    }
}
