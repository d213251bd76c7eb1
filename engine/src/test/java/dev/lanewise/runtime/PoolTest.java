package dev.lanewise.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Scratch objects are used again, by one borrower at a time. */
final class PoolTest {
    @Test
    void whatWasReleasedIsUsedAgain() {
        AtomicInteger made = new AtomicInteger();
        Pool<Object> pool = new Pool<>(() -> {
            made.incrementAndGet();
            return new Object();
        });
        Object first = pool.acquire();
        Object second = pool.acquire();
        assertNotSame(first, second);
        pool.release(second);
        assertSame(second, pool.acquire());
        pool.release(first);
        pool.release(second);
        for (int i = 0; i < 100; i++) {
            Object object = pool.acquire();
            assertTrue(object == first || object == second);
            pool.release(object);
        }
        assertEquals(2, made.get());
    }

    @Test
    void moreBorrowersThanSlotsAreServed() {
        Pool<Object> pool = new Pool<>(Object::new);
        List<Object> borrowed = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Object object = pool.acquire();
            assertTrue(borrowed.stream().noneMatch(other -> other == object));
            borrowed.add(object);
        }
        borrowed.forEach(pool::release);
        assertTrue(borrowed.contains(pool.acquire()));
    }

    @Test
    void noTwoThreadsHoldOneObject() throws InterruptedException {
        Pool<AtomicBoolean> pool = new Pool<>(AtomicBoolean::new);
        AtomicInteger clashes = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    AtomicBoolean inUse = pool.acquire();
                    if (!inUse.compareAndSet(false, true)) {
                        clashes.incrementAndGet();
                    }
                    inUse.set(false);
                    pool.release(inUse);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, clashes.get());
    }
}
