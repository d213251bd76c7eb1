package dev.lanewise.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The team of threads: each part once, whoever calls, from wherever. */
@Timeout(60)
final class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void everyPartRunsOnceAndItsWritesAreSeen(int threads) {
        try (Workers workers = Workers.of(threads)) {
            assertEquals(threads, workers.threads());
            for (int round = 0; round < 3000; round++) {
                int parts = round % 23;
                // Plain arrays: the team itself must make the writes visible, in both directions.
                int[] in = new int[parts];
                int[] out = new int[parts];
                Arrays.fill(in, round);
                workers.run(parts, part -> out[part] += in[part] + 1);
                for (int part = 0; part < parts; part++) {
                    assertEquals(round + 1, out[part], "part " + part + " of " + parts + " in round " + round);
                }
            }
        }
    }

    @Test
    void allThreadsTakePart() throws InterruptedException {
        try (Workers workers = Workers.of(3)) {
            // Each part waits for all: only three threads at once get through.
            CountDownLatch all = new CountDownLatch(3);
            AtomicBoolean together = new AtomicBoolean(true);
            workers.run(3, part -> {
                all.countDown();
                try {
                    together.compareAndSet(true, all.await(20, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    together.set(false);
                }
            });
            assertTrue(together.get());
        }
    }

    @Test
    void aSleepingTeamWakes() throws InterruptedException {
        try (Workers workers = Workers.of(4)) {
            for (int round = 0; round < 20; round++) {
                AtomicInteger count = new AtomicInteger();
                workers.run(9, part -> count.incrementAndGet());
                assertEquals(9, count.get());
                // Longer than the helpers spin.
                Thread.sleep(5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void nestedCallsRunOnTheCallingThread(int threads) {
        try (Workers workers = Workers.of(threads)) {
            int[][] counts = new int[12][12];
            workers.run(12, outer -> {
                Thread here = Thread.currentThread();
                workers.run(12, inner -> {
                    assertSame(here, Thread.currentThread());
                    counts[outer][inner]++;
                });
            });
            for (int[] row : counts) {
                for (int count : row) {
                    assertEquals(1, count);
                }
            }
        }
    }

    @Test
    void concurrentCallersShareATeamWithoutMixingTheirParts() throws InterruptedException {
        try (Workers workers = Workers.of(3)) {
            AtomicInteger wrong = new AtomicInteger();
            List<Thread> callers = new ArrayList<>();
            for (int c = 0; c < 5; c++) {
                int caller = c;
                callers.add(Thread.ofPlatform().start(() -> {
                    for (int round = 0; round < 2000; round++) {
                        int[] out = new int[8];
                        int mark = caller * 10_000 + round;
                        workers.run(8, part -> out[part] += mark);
                        for (int value : out) {
                            if (value != mark) {
                                wrong.incrementAndGet();
                            }
                        }
                    }
                }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertEquals(0, wrong.get());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void aFailingPartReachesTheCallerAfterAllOthersHaveRun(int threads) {
        try (Workers workers = Workers.of(threads)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(20);
            IllegalStateException failure = new IllegalStateException("part 4");
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> workers.run(20, part -> {
                runs.incrementAndGet(part);
                if (part == 4) {
                    throw failure;
                }
            }));
            assertSame(failure, thrown);
            for (int part = 0; part < 20; part++) {
                assertEquals(1, runs.get(part), "runs of part " + part);
            }
            AtomicInteger after = new AtomicInteger();
            workers.run(20, part -> after.incrementAndGet());
            assertEquals(20, after.get(), "the team works on");
        }
    }

    @Test
    void aClosedTeamRefusesAndItsThreadsEnd() throws InterruptedException {
        Workers workers = Workers.of(3);
        List<Thread> seen = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(3);
        workers.run(3, part -> {
            synchronized (seen) {
                seen.add(Thread.currentThread());
            }
            all.countDown();
            try {
                all.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        workers.close();
        workers.close();
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> workers.run(2, part -> {}));
        assertTrue(refused.getMessage().contains("Workers.of"), refused.getMessage());
        assertEquals(3, seen.size());
        for (Thread thread : seen) {
            if (thread != Thread.currentThread()) {
                assertTrue(thread.isDaemon());
                thread.join(20_000);
                assertFalse(thread.isAlive(), thread + " should have ended");
            }
        }
    }

    @Test
    void theSerialTeamRunsInOrderOnTheCallerAndNeverCloses() {
        Workers serial = Workers.serial();
        serial.close();
        List<Integer> order = new ArrayList<>();
        serial.run(5, order::add);
        assertEquals(List.of(0, 1, 2, 3, 4), order);
        assertEquals(1, serial.threads());
    }

    @Test
    void nothingHappensForNoParts() {
        try (Workers workers = Workers.of(2)) {
            workers.run(0, part -> {
                throw new AssertionError("no part was asked for");
            });
            workers.run(-3, part -> {
                throw new AssertionError("no part was asked for");
            });
        }
    }

    @Test
    void anInterruptedCallerWaitsForItsPartsAndStaysInterrupted() {
        try (Workers workers = Workers.of(2)) {
            int[] out = new int[6];
            Thread.currentThread().interrupt();
            workers.run(6, part -> {
                long end = System.nanoTime() + 3_000_000;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                out[part] = 1;
            });
            boolean interrupted = Thread.interrupted();
            assertArrayEquals(new int[] {1, 1, 1, 1, 1, 1}, out);
            assertTrue(interrupted);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1025})
    void sizesOutOfRangeAreRefused(int threads) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Workers.of(threads));
        assertTrue(e.getMessage().contains("1..1024") && e.getMessage().contains(String.valueOf(threads)));
    }
}
