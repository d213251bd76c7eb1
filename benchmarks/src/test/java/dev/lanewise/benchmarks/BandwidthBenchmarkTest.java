package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BandwidthBenchmarkTest {
    @Test
    void callCountsEveryByteThatItReadsOrWrites() {
        BandwidthBenchmark benchmark = new BandwidthBenchmark();
        // Several chunks, the last of them partial: one pass.
        benchmark.kilobytes = 264;
        benchmark.setUp();
        double bytes = 264 * 1024;
        ByteRate rate = new ByteRate();
        // What a triad of the warm-up wrote, 0.5 + 0.25 * 0.5, has one bit more than 0.5.
        assertEquals(Float.floatToIntBits(0.625f), benchmark.read(rate));
        assertEquals(bytes, rate.gigabytes * 1e9, 0.5);
        benchmark.copy(rate);
        assertEquals(2 * bytes, rate.gigabytes * 1e9, 0.5);
        benchmark.triad(rate);
        assertEquals(3 * bytes, rate.gigabytes * 1e9, 3 * 4 * Streams.STEP);
    }

    @Test
    void smallOperandsArePassedOverSeveralTimesAndCountedAsOften() {
        BandwidthBenchmark benchmark = new BandwidthBenchmark();
        benchmark.kilobytes = 24;
        benchmark.setUp();
        ByteRate rate = new ByteRate();
        benchmark.read(rate);
        assertEquals(10 * 24 * 1024, rate.gigabytes * 1e9, 0.5);
    }
}
