package dev.lanewise.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Secondary metric {@code gflops}: floating-point operations, in thousands of millions. JMH divides the count by the
 * measured time, so in throughput mode the figure reads GFLOP/s (JMH prints its unit as {@code ops/s}).
 *
 * <p>Operations are counted by the textbook formula of the benchmark, not by what an implementation happens to execute:
 * two implementations of one task are comparable, and doing less work shows as a higher rate.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class FlopRate {
    /** Operations so far, in units of 10^9. */
    public double gflops;

    /**
     * Counts the work of one call.
     *
     * @param flops its floating-point operations; a multiply-add counts as two
     */
    public void add(double flops) {
        gflops += flops * 1e-9;
    }
}
