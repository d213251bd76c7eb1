package dev.lanewise.benchmarks;

import dev.lanewise.Engine;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What all benchmarks share: the rung of the ladder, the engine, the JVM options and the way kernels are warmed.
 *
 * <p>Throughput mode, so that the secondary metrics are rates. The options of the forked JVM are prepended here: a result
 * doesn't depend on how the jar was started. Making operands and warming kernels are outside the timed region; checking
 * arguments and handing work to the threads are inside, as they are for a user.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 3, jvmArgsPrepend = {
    "--add-modules", "jdk.incubator.vector", "--sun-misc-unsafe-memory-access=allow", "-Xms1g", "-Xmx1g"
})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class LadderBenchmark {
    /** Long enough for several compilations, and for thousands of short calls of compiled code. */
    private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Batches without a gain after which the code is taken for compiled. */
    private static final int STEADY_BATCHES = 3;

    /** Ends the warming of code that never settles, such as on a machine whose other work starves the compiler. */
    private static final int MOST_BATCHES = 40;

    /** Which implementation runs, on how many threads. */
    @Param
    public Ladder implementation;

    /** Runs the rung. */
    protected Engine engine;

    /** For subclasses. */
    protected LadderBenchmark() {}

    /** Starts the engine, makes the operands and warms the kernels. */
    @Setup
    public final void setUp() {
        open();
        if (implementation != Ladder.NAIVE) {
            warmUp();
        }
    }

    /** Ends the engine's threads. */
    @TearDown
    public final void close() {
        engine.close();
    }

    /** Starts the engine and makes the operands, without warming. */
    final void open() {
        engine = implementation.open();
        prepare();
    }

    /**
     * A kernel whose first call is long would be compiled on stack replacement, in the middle of a loop, and such code
     * boxes its vectors for as long as it runs. Many short calls, until they get no faster, have each kernel compiled as a
     * whole before the first long one. Scalar code has nothing to box: JMH's own warm-up is enough for it.
     */
    private void warmUp() {
        long best = 0;
        int steady = 0;
        for (int batch = 0; batch < MOST_BATCHES && steady < STEADY_BATCHES; batch++) {
            long calls = 0;
            long end = System.nanoTime() + BATCH_NANOS;
            while (System.nanoTime() - end < 0) {
                shortCall();
                calls++;
            }
            // A tenth is more than the noise of a quiet machine and less than what a compilation gains.
            steady = calls > best + best / 10 ? 0 : steady + 1;
            best = Math.max(best, calls);
        }
    }

    /** Makes the operands; parameters and engine are set. */
    protected abstract void prepare();

    /** What one call counts as work: floating-point operations or elements, by the formula in the class comment. */
    protected abstract double work();

    /** The arrays that the benchmark methods write, for comparing implementations. */
    protected abstract List<float[]> outputs();

    /** Runs what is measured on a small part of the operands, large enough to pass through every loop of the kernels. */
    protected abstract void shortCall();
}
