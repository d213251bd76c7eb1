package dev.lanewise.benchmarks.peers;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Waits for the threads of libraries to sleep. An OpenMP or BLAS pool spins after a call, ready for the next: about 200 ms
 * for Intel's OpenMP (its {@code KMP_BLOCKTIME}), some milliseconds for GNU's, some tens for OpenBLAS. In a comparison it
 * would spin on the core of whoever is measured next.
 */
final class ProcessClock {
    /** Longer than any pool is known to spin; the pause where the processor time of the process can't be read. */
    private static final long LONGEST_MILLIS = 300;

    private static final long WINDOW_MILLIS = 3;

    /** So much of a window, at most, may be spent computing in a process that sleeps. */
    private static final double ASLEEP = 0.1;

    private static final int ASLEEP_WINDOWS = 3;

    /** CLOCK_PROCESS_CPUTIME_ID of Linux. */
    private static final int PROCESS_TIME = 2;

    private final MethodHandle getTime;
    private final MemorySegment time = Arena.global().allocate(2 * Long.BYTES, Long.BYTES);

    ProcessClock() {
        FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS);
        getTime = System.getProperty("os.name").equals("Linux")
                ? NativeLibrary.libc("clock_gettime", descriptor).orElse(null)
                : null;
    }

    /** Returns when no thread of this process has computed for some milliseconds, or after the longest known wait. */
    void awaitIdle() throws InterruptedException {
        if (getTime == null) {
            Thread.sleep(LONGEST_MILLIS);
            return;
        }
        long end = System.nanoTime() + LONGEST_MILLIS * 1_000_000;
        int asleep = 0;
        while (asleep < ASLEEP_WINDOWS && System.nanoTime() < end) {
            long wall = System.nanoTime();
            long used = processNanos();
            Thread.sleep(WINDOW_MILLIS);
            boolean quiet = processNanos() - used < ASLEEP * (System.nanoTime() - wall);
            asleep = quiet ? asleep + 1 : 0;
        }
    }

    private long processNanos() {
        try {
            int status = (int) getTime.invokeExact(PROCESS_TIME, time);
            if (status != 0) {
                throw new IllegalStateException("clock_gettime failed");
            }
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
        return time.getAtIndex(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.getAtIndex(ValueLayout.JAVA_LONG, 1);
    }
}
