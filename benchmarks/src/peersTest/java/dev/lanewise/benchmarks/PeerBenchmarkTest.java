package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.benchmarks.peers.Peer;
import dev.lanewise.benchmarks.peers.PeerException;
import dev.lanewise.benchmarks.peers.Peers;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The benchmarks themselves, with a peer as the value of {@code implementation}. */
class PeerBenchmarkTest {
    @TestFactory
    Stream<DynamicTest> benchmarkOfAPeerComputesWhatNaiveComputes() throws PeerException {
        float[] expected = run(Ladder.NAIVE.name());
        return Peers.all().stream().map(Peer::name).map(name -> DynamicTest.dynamicTest(name, () -> {
            Assumptions.assumeTrue(loads(name), name + " does not load here");
            assertArrayEquals(expected, run(name), 1e-4f);
        }));
    }

    @Test
    void benchmarkOfTheEngineAloneRefusesAPeer() {
        SoftmaxBenchmark benchmark = new SoftmaxBenchmark();
        benchmark.implementation = "EJML";
        benchmark.cols = 65;
        String message = assertThrows(PeerException.class, benchmark::open).getMessage();
        assertEquals("EJML is skipped: this benchmark measures the engine only", message);
    }

    private static boolean loads(String name) {
        try {
            Peers.find(name).load(1);
            return true;
        } catch (PeerException e) {
            return false;
        }
    }

    private static float[] run(String implementation) throws PeerException {
        MatMulBenchmark benchmark = new MatMulBenchmark();
        benchmark.implementation = implementation;
        benchmark.size = 100;
        benchmark.open();
        try {
            float[] c = benchmark.multiply(new FlopRate());
            benchmark.fetch();
            return c;
        } finally {
            benchmark.close();
        }
    }
}
