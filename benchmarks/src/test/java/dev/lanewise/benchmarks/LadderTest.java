package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.Implementation;
import org.junit.jupiter.api.Test;

class LadderTest {
    @Test
    void naiveRunsScalarKernelsOnTheCallingThread() {
        assertRuns(Ladder.NAIVE, Implementation.SCALAR, 1);
    }

    @Test
    void vectorRunsVectorKernelsOnTheCallingThread() {
        assertRuns(Ladder.VECTOR, Implementation.VECTOR, 1);
    }

    @Test
    void vectorParallelRunsVectorKernelsOnAllProcessors() {
        assertRuns(Ladder.VECTOR_PARALLEL, Implementation.VECTOR, Runtime.getRuntime().availableProcessors());
    }

    private static void assertRuns(Ladder rung, Implementation implementation, int threads) {
        try (Engine engine = rung.open()) {
            assertEquals(implementation, engine.info().implementation());
            assertEquals(threads, engine.info().threads());
            assertTrue(implementation == Implementation.SCALAR || engine.info().vectorBits() >= 128);
        }
    }
}
