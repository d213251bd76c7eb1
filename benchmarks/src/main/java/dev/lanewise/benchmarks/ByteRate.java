package dev.lanewise.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Secondary metric {@code gigabytes}: bytes of the operands that a call has to read and write, in thousands of millions.
 * JMH divides the count by the measured time, so in throughput mode the figure reads GB/s (JMH prints its unit as
 * {@code ops/s}).
 *
 * <p>As in STREAM (McCalpin, 1995), a line that is written counts once, although most caches fetch it first.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class ByteRate {
    /** Bytes so far, in units of 10^9. */
    public double gigabytes;

    /**
     * Counts the work of one call.
     *
     * @param bytes read and written
     */
    public void add(double bytes) {
        gigabytes += bytes * 1e-9;
    }
}
