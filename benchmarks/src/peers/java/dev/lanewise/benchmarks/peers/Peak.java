package dev.lanewise.benchmarks.peers;

import dev.lanewise.benchmarks.FlopRate;
import dev.lanewise.benchmarks.PeakBenchmark;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The kernel of {@link PeakBenchmark}, on as many threads as the others have: what they are a share of. The threads spin for
 * a while after each run, as those of the libraries do, so that the next one starts at once.
 */
final class Peak implements Block, AutoCloseable {
    private static final long SPIN_NANOS = 10_000_000;

    private final List<Helper> helpers = new ArrayList<>();

    Peak(int threads) {
        for (int i = 1; i < threads; i++) {
            Helper helper = new Helper();
            helper.setDaemon(true);
            helper.start();
            helpers.add(helper);
        }
    }

    /** Floating-point operations of one run. */
    double work() {
        FlopRate rate = new FlopRate();
        benchmark().fma(rate);
        return (helpers.size() + 1) * rate.gflops * 1e9;
    }

    @Override
    public void run(long times) {
        for (Helper helper : helpers) {
            helper.todo = times;
            LockSupport.unpark(helper);
        }
        check(repeat(times));
        for (Helper helper : helpers) {
            while (helper.todo != 0) {
                Thread.onSpinWait();
            }
        }
    }

    private static float repeat(long times) {
        PeakBenchmark benchmark = benchmark();
        FlopRate rate = new FlopRate();
        float sum = 0;
        for (long i = 0; i < times; i++) {
            sum += benchmark.fma(rate);
        }
        return sum;
    }

    private static PeakBenchmark benchmark() {
        PeakBenchmark benchmark = new PeakBenchmark();
        benchmark.setUp();
        return benchmark;
    }

    private static void check(float sum) {
        if (Float.isNaN(sum)) {
            throw new IllegalStateException("multiply-adds of bounded numbers gave NaN");
        }
    }

    @Override
    public void close() {
        helpers.forEach(Thread::interrupt);
    }

    /** One more thread; it has something to do while {@code todo} is not zero, and sets it to zero when that is done. */
    private static final class Helper extends Thread {
        private volatile long todo;

        Helper() {
            super("peak");
        }

        @Override
        public void run() {
            while (!isInterrupted()) {
                long end = System.nanoTime() + SPIN_NANOS;
                while (todo == 0 && System.nanoTime() - end < 0) {
                    Thread.onSpinWait();
                }
                while (todo == 0 && !isInterrupted()) {
                    LockSupport.park(this);
                }
                if (todo != 0) {
                    check(repeat(todo));
                    todo = 0;
                }
            }
        }
    }
}
