package dev.lanewise.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The second ruler, beside {@link PeakBenchmark}: how many bytes a second vector code reads, copies and combines in each
 * level of the memory, on one thread and on all processors. Kernels that do little arithmetic on much data are quoted as a
 * share of it. Read keeps the bits that any element has, copy is {@code y = x}, triad is {@code z = x + s * y}, after STREAM (McCalpin, 1995).
 *
 * <p>Sizes, of all operands of a thread together:
 * <ul>
 * <li>24 KB: in the first level of any current core, which has 32 KB or more
 * <li>256 KB: larger than the first level and within half of the second, of 512 KB or more
 * <li>1024 KB: a matrix of 512 x 512, within a second level of 1.25 MB or more
 * <li>16384 KB: a matrix of 2048 x 2048, beyond the second level of most cores and within the third of most servers
 * <li>262144 KB: main memory, unless the machine has a third level of hundreds of megabytes and this program has it to
 * itself; raise it there with {@code -p kilobytes=1048576 -jvmArgsAppend -Xmx8g}
 * </ul>
 *
 * <p>{@code gigabytes} counts 4 bytes for each float that is read or written. The operands lie one behind the other and, in
 * collectors that place large arrays at the start of a region (G1, ZGC), on cache lines, so no vector crosses a line. A
 * good result in the first level is one to two vectors a cycle; in memory it is what the data sheet promises one core.
 *
 * <p>Run only it: {@code java -jar benchmarks/target/benchmarks.jar BandwidthBenchmark -p kilobytes=16384}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 3, jvmArgsPrepend = {
    "--add-modules", "jdk.incubator.vector", "--sun-misc-unsafe-memory-access=allow", "-Xms2g", "-Xmx2g"
})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BandwidthBenchmark {
    /** 64 KB: the kernels are called once for each chunk, often enough to be compiled as a whole and not in mid-loop. */
    private static final int CHUNK = 1 << 14;

    /** Floats that one call covers at least, in as many passes as that takes: a few microseconds, long against the call. */
    private static final int LEAST = 1 << 16;

    /** A small operand is put into an array as large as this, too, since only large ones start at a known place. */
    private static final int LARGE = 1 << 23;

    /** From here elements lie on a cache line where an array starts 16 bytes behind one. */
    private static final int FIRST = 12;

    /** Enough short calls for the last compiler. */
    private static final int WARM_UP_CALLS = 20_000;

    /** All operands of a thread together, in units of 1024 bytes. */
    @Param({"24", "256", "1024", "16384", "262144"})
    public int kilobytes;

    private float[] data;
    private float factor;

    /** Makes the operands and has the kernels compiled by short calls. */
    @Setup
    public void setUp() {
        int floats = kilobytes * 256;
        data = new float[FIRST + Math.max(floats, LARGE)];
        Arrays.fill(data, 0.5f);
        factor = 0.25f;
        int any = 0;
        for (int call = 0; call < WARM_UP_CALLS; call++) {
            any |= Streams.read(2, data, FIRST, 512);
            Streams.copy(2, data, FIRST, FIRST + 512, 512);
            Streams.triad(2, factor, data, FIRST, FIRST + 512, FIRST + 1024, 512);
        }
        if (any == 0) {
            throw new IllegalStateException("the operands have bits, and so must the result");
        }
    }

    /**
     * Reads everything.
     *
     * @param rate counts the bytes
     * @return the bits that any element has
     */
    @Benchmark
    public int read(ByteRate rate) {
        int n = length(1);
        int passes = passes(n);
        rate.add(4.0 * n * passes);
        int any = 0;
        for (int i = 0; i < n; i += CHUNK) {
            any |= Streams.read(passes, data, FIRST + i, Math.min(CHUNK, n - i));
        }
        return any;
    }

    /**
     * Copies one half to the other.
     *
     * @param rate counts the bytes
     * @return the array that holds both
     */
    @Benchmark
    public float[] copy(ByteRate rate) {
        int n = length(2);
        int passes = passes(n);
        rate.add(8.0 * n * passes);
        for (int i = 0; i < n; i += CHUNK) {
            int x = FIRST + i;
            Streams.copy(passes, data, x, x + n, Math.min(CHUNK, n - i));
        }
        return data;
    }

    /**
     * Combines two thirds into the third.
     *
     * @param rate counts the bytes
     * @return the array that holds all three
     */
    @Benchmark
    public float[] triad(ByteRate rate) {
        int n = length(3);
        int passes = passes(n);
        rate.add(12.0 * n * passes);
        for (int i = 0; i < n; i += CHUNK) {
            int x = FIRST + i;
            Streams.triad(passes, factor, data, x, x + n, x + 2 * n, Math.min(CHUNK, n - i));
        }
        return data;
    }

    /**
     * {@link #read} on all processors at once, each with operands of its own.
     *
     * @param rate counts the bytes
     * @return the bits that any element has
     */
    @Benchmark
    @Threads(Threads.MAX)
    public int readParallel(ByteRate rate) {
        return read(rate);
    }

    /**
     * {@link #copy} on all processors at once, each with operands of its own.
     *
     * @param rate counts the bytes
     * @return the array that holds both
     */
    @Benchmark
    @Threads(Threads.MAX)
    public float[] copyParallel(ByteRate rate) {
        return copy(rate);
    }

    /**
     * {@link #triad} on all processors at once, each with operands of its own.
     *
     * @param rate counts the bytes
     * @return the array that holds all three
     */
    @Benchmark
    @Threads(Threads.MAX)
    public float[] triadParallel(ByteRate rate) {
        return triad(rate);
    }

    /** Floats of one of so many operands, a multiple of what a step of the kernels takes. */
    private int length(int operands) {
        return kilobytes * 256 / operands & -Streams.STEP;
    }

    /** More than one only where everything is one chunk. */
    private static int passes(int n) {
        return n > CHUNK ? 1 : Math.max(1, LEAST / n);
    }
}
