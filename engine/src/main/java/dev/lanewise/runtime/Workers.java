package dev.lanewise.runtime;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of daemon threads that runs the numbered parts of one task, the caller's thread included.
 *
 * <p>A fork costs about a microsecond while the team is warm: helpers spin for a short while before they park, and
 * nothing is allocated. Parts are claimed one by one, so an uneven part does not leave the others idle. Which thread
 * runs which part is not defined; tasks whose parts write disjoint outputs therefore give the same bits for any number
 * of threads.
 *
 * <p>A team may be shared between engines and between threads. When it is busy, or when a part calls {@link #run}
 * itself, the parts are run one after the other on the calling thread: nothing waits for anything, so nested and
 * concurrent calls can't deadlock.
 */
public final class Workers implements AutoCloseable {
    /** One piece of work that is made of numbered parts. */
    @FunctionalInterface
    public interface Task {
        /**
         * Runs one part.
         *
         * @param part number of the part, from 0
         */
        void run(int part);
    }

    /** The largest team. */
    public static final int MAX_THREADS = 1024;

    /** Spins that a waiting thread makes before it parks: about 50 microseconds, longer than the gap between kernels. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 2_000 : 0;

    private static final Workers SERIAL = new Workers(1);

    private final Helper[] helpers;

    /** Generation in the upper half, parts not yet claimed in the lower half: one word, so a claim can't be torn. */
    private final AtomicLong ticket = new AtomicLong();

    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Task task;
    private int parts;
    private volatile Thread waitingCaller;
    private volatile boolean closed;

    private Workers(int threads) {
        helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1);
            helpers[i].start();
        }
    }

    /**
     * A team of the given size.
     *
     * @param threads number of threads that work at once, the caller's included; at least 1
     * @return a new team, to be closed by the caller
     * @throws IllegalArgumentException if {@code threads} is not within 1..1024
     */
    public static Workers of(int threads) {
        checkThreads(threads);
        return new Workers(threads);
    }

    /**
     * That a team may have so many threads.
     *
     * @param threads number of threads that would work at once
     * @throws IllegalArgumentException if it is not within 1..{@value #MAX_THREADS}
     */
    public static void checkThreads(int threads) {
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads must be within 1.." + MAX_THREADS + ", but is " + threads);
        }
    }

    /**
     * The team of one: everything runs on the calling thread.
     *
     * @return a shared team that needs no closing
     */
    public static Workers serial() {
        return SERIAL;
    }

    /**
     * The number of threads that work at once.
     *
     * @return the size of the team, the caller's thread included
     */
    public int threads() {
        return helpers.length + 1;
    }

    /**
     * Runs {@code task.run(0) .. task.run(parts - 1)} and returns when all are done. Everything that the caller wrote
     * before is visible to the parts, and everything that they wrote is visible to the caller afterwards.
     *
     * @param parts number of parts; nothing happens when it is 0 or less
     * @param task the work
     * @throws IllegalStateException if the team is closed
     * @throws RuntimeException whatever a part threw first; the other parts are run all the same
     */
    public void run(int parts, Task task) {
        if (closed) {
            throw new IllegalStateException(
                    "these workers are closed, or the engine that made them is; make new ones with Workers.of(threads), "
                            + "or start another engine");
        }
        boolean alone = helpers.length == 0 || parts < 2 || Thread.currentThread() instanceof Helper;
        if (alone || !busy.compareAndSet(false, true)) {
            runAlone(parts, task);
            return;
        }
        try {
            runTogether(parts, task);
        } finally {
            busy.set(false);
        }
    }

    /** One part after the other, all of them even where one fails: what a caller sees does not depend on the threads. */
    private static void runAlone(int parts, Task task) {
        Throwable thrown = null;
        for (int part = 0; part < parts; part++) {
            try {
                task.run(part);
            } catch (Throwable t) {
                thrown = thrown == null ? t : thrown;
            }
        }
        if (thrown != null) {
            throw Workers.<RuntimeException>sneak(thrown);
        }
    }

    private void runTogether(int parts, Task task) {
        this.task = task;
        this.parts = parts;
        unfinished.set(parts);
        long generation = (ticket.get() >>> 32) + 1;
        ticket.set(generation << 32 | parts);
        int wake = Math.min(helpers.length, parts - 1);
        for (int i = 0; i < wake; i++) {
            if (helpers[i].parked) {
                LockSupport.unpark(helpers[i]);
            }
        }
        work(generation);
        awaitHelpers();
        this.task = null;
        Throwable thrown = failure.getAndSet(null);
        if (thrown != null) {
            throw Workers.<RuntimeException>sneak(thrown);
        }
    }

    /** Claims and runs parts of the given generation until none is left. */
    private void work(long generation) {
        while (true) {
            long now = ticket.get();
            int left = (int) now;
            if (now >>> 32 != (generation & 0xFFFFFFFFL) || left == 0) {
                return;
            }
            if (ticket.compareAndSet(now, now - 1)) {
                // The caller can't leave runTogether before this part is counted as finished: task and parts are ours.
                try {
                    task.run(parts - left);
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                } finally {
                    if (unfinished.decrementAndGet() == 0) {
                        LockSupport.unpark(waitingCaller);
                    }
                }
            }
        }
    }

    private void awaitHelpers() {
        for (int spin = 0; spin < SPINS; spin++) {
            if (unfinished.get() == 0) {
                return;
            }
            Thread.onSpinWait();
        }
        waitingCaller = Thread.currentThread();
        boolean interrupted = false;
        while (unfinished.get() != 0) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        waitingCaller = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /**
     * Whether the team has been closed.
     *
     * @return true if {@link #run} fails
     */
    public boolean isClosed() {
        return closed;
    }

    /** Ends the threads of the team. Later calls of {@link #run} fail; closing twice, or the serial team, does nothing. */
    @Override
    public void close() {
        if (this == SERIAL) {
            return;
        }
        closed = true;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
        }
    }

    /** A thread of the team. */
    private final class Helper extends Thread {
        private volatile boolean parked;

        private Helper(int number) {
            super("lanewise-worker-" + number);
            setDaemon(true);
        }

        @Override
        public void run() {
            long seen = 0;
            while (!closed) {
                long generation = awaitGeneration(seen);
                if (generation != seen) {
                    work(generation);
                    seen = generation;
                }
            }
        }

        private long awaitGeneration(long seen) {
            for (int spin = 0; spin < SPINS; spin++) {
                long generation = ticket.get() >>> 32;
                if (generation != seen) {
                    return generation;
                }
                Thread.onSpinWait();
            }
            // Announced before the last look: a caller that misses the flag has published its ticket before that look.
            parked = true;
            long generation = ticket.get() >>> 32;
            if (generation == seen && !closed) {
                LockSupport.park(Workers.this);
            }
            parked = false;
            return ticket.get() >>> 32;
        }
    }
}
