package dev.lanewise.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * Calls something in batches until the compilers are done with it: it gets no faster, and allocates no more than it does for
 * good. A number of calls or of milliseconds would do on one machine and be too few on another, whose compilers are slower.
 */
final class KernelWarmUp {
    /** Long enough for several compilations, and for thousands of short calls of compiled code. */
    private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Ends the warming of code that never settles, such as on a machine whose other work starves the compiler. */
    private static final int MOST_BATCHES = 100;

    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private KernelWarmUp() {}

    /**
     * Calls until so many batches in turn gain nothing and allocate at most so many bytes a call on this thread, or until
     * 20 seconds have passed.
     *
     * @return whether it settled
     */
    static boolean run(Runnable call, int steadyBatches, long mostBytes) {
        return run(call, steadyBatches, mostBytes, BATCH_NANOS, MOST_BATCHES);
    }

    /** The same with batches of another length, and another number of them. */
    static boolean run(Runnable call, int steadyBatches, long mostBytes, long batchNanos, int mostBatches) {
        long best = 0;
        int steady = 0;
        for (int batch = 0; batch < mostBatches && steady < steadyBatches; batch++) {
            long calls = 0;
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            long end = System.nanoTime() + batchNanos;
            while (System.nanoTime() - end < 0) {
                call.run();
                calls++;
            }
            // A tenth is more than the noise of a quiet machine and less than what a compilation gains.
            boolean allocates = THREADS.getCurrentThreadAllocatedBytes() - bytes > mostBytes * calls;
            steady = allocates || calls > best + best / 10 ? 0 : steady + 1;
            best = Math.max(best, calls);
        }
        return steady >= steadyBatches;
    }
}
