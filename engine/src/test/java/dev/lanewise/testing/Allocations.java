package dev.lanewise.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** That code allocates nothing once it is compiled. */
public final class Allocations {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 500;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private Allocations() {}

    /** Calls the code until a batch of calls has allocated less than a byte a call, on this thread and on all workers. */
    public static void assertNone(String name, Runnable code) {
        long[] threads = Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t == Thread.currentThread() || t.getName().startsWith("lanewise-worker"))
                .mapToLong(Thread::threadId).toArray();
        long deadline = System.nanoTime() + PATIENCE;
        long bytes;
        do {
            long before = allocated(threads);
            for (int call = 0; call < CALLS; call++) {
                code.run();
            }
            bytes = allocated(threads) - before;
            if (System.nanoTime() > deadline) {
                throw new AssertionError(name + ": still " + bytes / (double) CALLS + " bytes a call");
            }
        } while (bytes >= CALLS);
    }

    /** Bytes so far. One thread after the other: to ask for all at once allocates more than the code may. */
    private static long allocated(long[] threads) {
        long sum = 0;
        for (long thread : threads) {
            sum += THREADS.getThreadAllocatedBytes(thread);
        }
        return sum;
    }
}
