package dev.lanewise.benchmarks.peers;

import dev.lanewise.benchmarks.FlopRate;
import dev.lanewise.benchmarks.PeakBenchmark;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The kernel of {@link PeakBenchmark}, on as many threads as the others have: what they are a share of. */
final class Peak implements Block, AutoCloseable {
    private final int threads;
    private final ExecutorService others;

    Peak(int threads) {
        this.threads = threads;
        others = Executors.newFixedThreadPool(Math.max(1, threads - 1));
    }

    /** Floating-point operations of one run. */
    double work() {
        FlopRate rate = new FlopRate();
        benchmark().fma(rate);
        return threads * rate.gflops * 1e9;
    }

    @Override
    public void run(long times) {
        List<Future<Float>> running = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            running.add(others.submit(() -> repeat(times)));
        }
        float sum = repeat(times);
        for (Future<Float> each : running) {
            try {
                sum += each.get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException("the peak can't be measured", e);
            }
        }
        if (Float.isNaN(sum)) {
            throw new IllegalStateException("multiply-adds of bounded numbers gave NaN");
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

    @Override
    public void close() {
        others.shutdown();
    }
}
