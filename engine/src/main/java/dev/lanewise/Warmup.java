package dev.lanewise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls kernels on small operands until the optimising compiler has compiled each as a whole.
 *
 * <p>A kernel whose first calls are long is first compiled in the middle of its loop (on-stack replacement), which takes
 * twice as long as the compilation that stays, and its vectors are objects until then. Short calls reach the threshold of
 * calls before that of iterations. How to tell that a kernel is compiled: until then each of its vectors is an object, and
 * from then on a call allocates nothing.
 *
 * <p>Compilation goes on in the background, so each step is called for a few milliseconds and then another has its turn;
 * steps that wait for the compiler leave the processor to it.
 *
 * <p>What a later step shows a kernel, a branch that no step before it took, can return that kernel to the interpreter. So in
 * the end all steps have their turns once more, until a round in which none allocates.
 */
final class Warmup {
    /** One turn of one step. */
    private static final long TURN_NANOS = 3_000_000;

    /** Calls of a turn at most: enough to see what a call allocates. */
    private static final int MOST_CALLS = 32;

    /** Less than one boxed vector of any width, which is two objects. */
    private static final long BYTES_OF_A_CALL = 40;

    /** A pause after a round in which no step was finished. */
    private static final long PAUSE_NANOS = 500_000;

    /** 292 years. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final AllocationCounter allocation;

    private Warmup(AllocationCounter allocation) {
        this.allocation = allocation;
    }

    /**
     * Warms.
     *
     * @param stages steps that are warmed together, one stage after the other; none takes more than half of the time that is
     *        left, so that a step that is never compiled keeps none of the others cold
     * @param limit the time after which no further step is started
     * @return whether every step is compiled; false if the time was over before, or the JVM does not count allocations
     */
    static boolean run(List<List<Runnable>> stages, Duration limit) {
        long deadline = System.nanoTime() + nanos(limit);
        Warmup warmup = new Warmup(AllocationCounter.find().orElse(null));
        List<Runnable> all = new ArrayList<>();
        for (List<Runnable> stage : stages) {
            long now = System.nanoTime();
            warmup.run(stage, now + (deadline - now) / 2);
            all.addAll(stage);
        }
        return warmup.repeat(all, deadline);
    }

    /** What no long holds is as good as for ever, or as no time at all. */
    private static long nanos(Duration limit) {
        if (limit.isNegative()) {
            return 0;
        }
        return limit.compareTo(LONGEST) > 0 ? Long.MAX_VALUE : limit.toNanos();
    }

    /** Until no step of a round allocates. */
    private boolean repeat(List<Runnable> steps, long deadline) {
        boolean compiled = false;
        while (!compiled && !isOver(deadline)) {
            compiled = true;
            for (Runnable step : steps) {
                compiled &= !isOver(deadline) && isCompiled(step);
            }
        }
        return compiled;
    }

    private boolean run(List<Runnable> stage, long deadline) {
        List<Runnable> waiting = new ArrayList<>(stage);
        while (!waiting.isEmpty() && !isOver(deadline)) {
            if (!waiting.removeIf(step -> !isOver(deadline) && isCompiled(step))) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return waiting.isEmpty();
    }

    private static boolean isOver(long deadline) {
        return System.nanoTime() - deadline >= 0;
    }

    /** Gives a step its turn; true if its calls allocated nothing. */
    private boolean isCompiled(Runnable step) {
        long end = System.nanoTime() + TURN_NANOS;
        try {
            long before = allocation == null ? 0 : allocation.bytes();
            int calls = 0;
            do {
                step.run();
                calls++;
            } while (calls < MOST_CALLS && System.nanoTime() - end < 0);
            return allocation != null && allocation.bytes() - before < BYTES_OF_A_CALL * calls;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
