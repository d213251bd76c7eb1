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
    /** Far beyond the ten thousand calls after which C2 compiles a method as a whole. */
    private static final int SHORT_CALLS = 20_000;

    /** Interpreted vector code is a thousand times slower than compiled: where 20,000 calls take longer, this ends them. */
    private static final long SHORT_CALLS_NANOS = TimeUnit.SECONDS.toNanos(1);

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
        warmUp();
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
     * boxes its vectors for as long as it runs. Many short calls have each kernel compiled as a whole before the first
     * long one.
     */
    private void warmUp() {
        long end = System.nanoTime() + SHORT_CALLS_NANOS;
        for (int i = 0; i < SHORT_CALLS && System.nanoTime() - end < 0; i++) {
            shortCall();
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
