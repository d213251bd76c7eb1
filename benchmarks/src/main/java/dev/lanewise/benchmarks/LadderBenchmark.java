package dev.lanewise.benchmarks;

import dev.lanewise.Engine;
import dev.lanewise.benchmarks.peers.Call;
import dev.lanewise.benchmarks.peers.Peer;
import dev.lanewise.benchmarks.peers.PeerException;
import dev.lanewise.benchmarks.peers.Peers;
import dev.lanewise.benchmarks.peers.Workload;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
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
import org.openjdk.jmh.infra.BenchmarkParams;

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
    "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow", "-Xms1g", "-Xmx1g"
})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class LadderBenchmark {
    /** Batches of short calls without a gain after which the kernels are taken for compiled. */
    private static final int STEADY_BATCHES = 3;

    /** Bytes a short call above which vectors are boxed in a loop, in code that is not compiled yet. */
    private static final long MOST_BYTES = 2000;

    /** Less than two objects: compiled, a call of the engine allocates nothing, and one that threads share 0.3 to 12 bytes. */
    private static final long MOST_BYTES_AT_LAST = 24;

    /** Which implementation runs, on how many threads: a rung of the {@link Ladder}, or a peer where the build has any. */
    @Param({"NAIVE", "VECTOR", "VECTOR_PARALLEL"})
    public String implementation;

    /** Runs the rung; where a peer runs, it only prepares operands. */
    protected Engine engine;

    /** A peer's parts, in the order of {@link #workloads}; none where the engine runs. */
    private final List<Call> calls = new ArrayList<>();

    /** For subclasses. */
    protected LadderBenchmark() {}

    /**
     * Starts the engine, makes the operands and warms the kernels.
     *
     * @param running the benchmark method that is to be measured
     * @throws PeerException if the implementation is not a rung, nor a peer that computes this benchmark here
     */
    @Setup
    public final void setUp(BenchmarkParams running) throws PeerException {
        open();
        if (calls.isEmpty() && !naive()) {
            warmUp(running.getBenchmark());
        }
    }

    /** Ends the engine's threads, or frees what the peer holds. */
    @TearDown
    public final void close() {
        if (engine != null) {
            engine.close();
        }
        calls.forEach(Call::close);
        calls.clear();
    }

    /** Starts the engine and makes the operands, without warming. */
    final void open() throws PeerException {
        Optional<Ladder> rung = Ladder.find(implementation);
        if (rung.isPresent()) {
            engine = rung.get().open();
            prepare();
            return;
        }
        Peer peer = Peers.find(implementation);
        engine = Engine.serial();
        prepare();
        List<Workload> workloads = workloads();
        if (workloads.isEmpty()) {
            throw new PeerException(implementation, "this benchmark measures the engine only");
        }
        for (Workload workload : workloads) {
            calls.add(peer.prepare(workload, Peers.threads(implementation)));
        }
    }

    /** Whether plain loops run, which may take too long for the largest sizes. */
    protected final boolean naive() {
        return Ladder.NAIVE.name().equals(implementation);
    }

    /** Runs one of the workloads on the peer, if a peer is to be measured. Returns whether it was. */
    protected final boolean runPeer(int workload) {
        if (calls.isEmpty()) {
            return false;
        }
        calls.get(workload).run();
        return true;
    }

    /** Has the output arrays hold the peer's result, where it keeps its own memory. */
    final void fetch() {
        calls.forEach(Call::fetch);
    }

    /** What a peer is to compute, over the operands that were made; empty where the benchmark is about the engine alone. */
    protected List<Workload> workloads() {
        return List.of();
    }

    /**
     * A kernel whose first call is long would be compiled on stack replacement, in the middle of a loop, and such code
     * boxes its vectors for as long as it runs. Many short calls, until they get no faster and box nothing, have each kernel
     * compiled as a whole before the first long one. Then come calls of what is measured: its size may take other loops, and
     * what is compiled late boxes megabytes a call. Scalar code has nothing to box: JMH's own warm-up is enough for it.
     */
    private void warmUp(String benchmark) {
        KernelWarmUp.run(this::shortCall, STEADY_BATCHES, MOST_BYTES);
        KernelWarmUp.run(measuredCall(benchmark), 1, MOST_BYTES_AT_LAST);
    }

    /** A call of the benchmark method of that name, as JMH makes it; the name may be qualified. */
    final Runnable measuredCall(String benchmark) {
        String name = benchmark.substring(benchmark.lastIndexOf('.') + 1);
        try {
            Method method = Stream.of(getClass().getMethods())
                    .filter(each -> each.isAnnotationPresent(Benchmark.class) && each.getName().equals(name))
                    .findFirst().orElseThrow(() -> new IllegalStateException("no benchmark method " + benchmark));
            // One set for all calls: what a call allocates is to be the kernels' doing.
            Object[] rate = {method.getParameterTypes()[0].getConstructor().newInstance()};
            return () -> {
                try {
                    method.invoke(this, rate);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(benchmark + " failed", e);
                }
            };
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(benchmark + " can't be called", e);
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
