package dev.lanewise.benchmarks;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The ruler: how many float32 multiply-adds one thread of this machine reaches at the preferred vector width, with every
 * operand in a register. Matrix multiply and attention are quoted as a share of it.
 *
 * <p>Twelve independent accumulators: a fused multiply-add takes four to five cycles on current cores and two start in
 * each, so that eight to ten are needed in flight; with twelve no latency shows, and they fit the sixteen registers of
 * AVX2 and NEON. The multiplicand keeps the sums bounded, since denormal or infinite operands may run at another speed.
 *
 * <p>A good result is the clock times the lanes times two operations times two pipes: 117 GFLOP/s at 3.65 GHz and 256
 * bits. The figure moves with the clock, so compare only figures of one session.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar PeakBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 3, jvmArgsPrepend = {"--add-modules", "jdk.incubator.vector", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PeakBenchmark {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int ACCUMULATORS = 12;

    /** About 10 microseconds: long against the call, short enough for the method to be compiled as a whole. */
    private static final int STEPS = 4096;

    private float factor;
    private float addend;

    /** Reads the operands at run time: constants would let the compiler fold the loop. */
    @Setup
    public void setUp() {
        factor = 0.5f;
        addend = 0.25f;
    }

    /**
     * Multiplies and adds in registers.
     *
     * @param work counts the operations
     * @return the sum of all lanes
     */
    @Benchmark
    public float fma(FlopRate work) {
        work.add(2.0 * ACCUMULATORS * SPECIES.length() * STEPS);
        return kernel(STEPS, factor, addend);
    }

    /**
     * {@link #fma} on all processors at once: the ruler for what runs on all of them, since cores that are all busy may run
     * at a lower clock, or be two halves of one.
     *
     * @param work counts the operations of all threads
     * @return the sum of all lanes
     */
    @Benchmark
    @Threads(Threads.MAX)
    public float fmaParallel(FlopRate work) {
        return fma(work);
    }

    /** {@code acc = acc * factor + addend} in each accumulator, {@code steps} times. */
    static float kernel(int steps, float factor, float addend) {
        FloatVector f = FloatVector.broadcast(SPECIES, factor);
        FloatVector a = FloatVector.broadcast(SPECIES, addend);
        FloatVector acc0 = FloatVector.broadcast(SPECIES, 0f);
        FloatVector acc1 = FloatVector.broadcast(SPECIES, 1f);
        FloatVector acc2 = FloatVector.broadcast(SPECIES, 2f);
        FloatVector acc3 = FloatVector.broadcast(SPECIES, 3f);
        FloatVector acc4 = FloatVector.broadcast(SPECIES, 4f);
        FloatVector acc5 = FloatVector.broadcast(SPECIES, 5f);
        FloatVector acc6 = FloatVector.broadcast(SPECIES, 6f);
        FloatVector acc7 = FloatVector.broadcast(SPECIES, 7f);
        FloatVector acc8 = FloatVector.broadcast(SPECIES, 8f);
        FloatVector acc9 = FloatVector.broadcast(SPECIES, 9f);
        FloatVector acc10 = FloatVector.broadcast(SPECIES, 10f);
        FloatVector acc11 = FloatVector.broadcast(SPECIES, 11f);
        for (int i = 0; i < steps; i++) {
            acc0 = acc0.fma(f, a);
            acc1 = acc1.fma(f, a);
            acc2 = acc2.fma(f, a);
            acc3 = acc3.fma(f, a);
            acc4 = acc4.fma(f, a);
            acc5 = acc5.fma(f, a);
            acc6 = acc6.fma(f, a);
            acc7 = acc7.fma(f, a);
            acc8 = acc8.fma(f, a);
            acc9 = acc9.fma(f, a);
            acc10 = acc10.fma(f, a);
            acc11 = acc11.fma(f, a);
        }
        FloatVector sum = acc0.add(acc1).add(acc2.add(acc3)).add(acc4.add(acc5).add(acc6.add(acc7)))
                .add(acc8.add(acc9).add(acc10.add(acc11)));
        return sum.reduceLanes(VectorOperators.ADD);
    }
}
