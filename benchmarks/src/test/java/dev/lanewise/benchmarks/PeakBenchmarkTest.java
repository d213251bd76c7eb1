package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class PeakBenchmarkTest {
    @Test
    void kernelMultipliesAndAddsInEveryLaneOfEveryAccumulator() {
        // Three steps of acc / 2 + 1/4 from 0..11: acc / 8 + 7/16, exact in float.
        int lanes = FloatVector.SPECIES_PREFERRED.length();
        assertEquals(lanes * (66 / 8f + 12 * 7 / 16f), PeakBenchmark.kernel(3, 0.5f, 0.25f));
    }

    @Test
    void callCountsTwoOperationsForEachMultiplyAdd() {
        PeakBenchmark benchmark = new PeakBenchmark();
        benchmark.setUp();
        FlopRate rate = new FlopRate();
        benchmark.fma(rate);
        assertEquals(2e-9 * 12 * FloatVector.SPECIES_PREFERRED.length() * 4096, rate.gflops, 1e-12);
    }
}
