package dev.lanewise.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Secondary metric {@code gigaElements}: elements of the main operand, in thousands of millions. JMH divides the count by
 * the measured time, so in throughput mode the figure reads 10^9 elements a second (JMH prints its unit as {@code ops/s}).
 * Times the bytes that an element moves, which each benchmark states, it is the memory traffic in GB/s.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class ElementRate {
    /** Elements so far, in units of 10^9. */
    public double gigaElements;

    /**
     * Counts the work of one call.
     *
     * @param elements number of elements it handled
     */
    public void add(double elements) {
        gigaElements += elements * 1e-9;
    }
}
