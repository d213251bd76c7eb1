package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.benchmarks.peers.PeerException;
import org.junit.jupiter.api.Test;

class LadderBenchmarkTest {
    @Test
    void implementationOfNoBuildIsRefusedInOneLineThatSaysWhatThereIs() {
        String message = refusal(new MatMulBenchmark(), "NOBODY");
        assertTrue(message.startsWith("implementation NOBODY is not in this jar: "), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void refusalCarriesNoStackTrace() {
        MatMulBenchmark benchmark = new MatMulBenchmark();
        benchmark.implementation = "NOBODY_PARALLEL";
        benchmark.size = 64;
        PeerException e = assertThrows(PeerException.class, benchmark::open);
        assertEquals(0, e.getStackTrace().length);
    }

    @Test
    void measuredCallIsTheBenchmarkMethodOfThatName() throws PeerException {
        MatMulBenchmark benchmark = new MatMulBenchmark();
        benchmark.implementation = "VECTOR";
        benchmark.size = 64;
        benchmark.open();
        try {
            float[] c = benchmark.outputs().getFirst();
            assertTrue(isZero(c), "the result is there before the call");
            benchmark.measuredCall(MatMulBenchmark.class.getName() + ".multiply").run();
            assertFalse(isZero(c), "the call left the result as it was");
            assertThrows(IllegalStateException.class, () -> benchmark.measuredCall("divide"));
        } finally {
            benchmark.close();
        }
    }

    private static boolean isZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static String refusal(LadderBenchmark benchmark, String implementation) {
        benchmark.implementation = implementation;
        return assertThrows(PeerException.class, benchmark::open).getMessage();
    }
}
