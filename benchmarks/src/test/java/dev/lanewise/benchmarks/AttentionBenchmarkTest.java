package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AttentionBenchmarkTest extends AgreementTest {
    AttentionBenchmarkTest() {
        super(AttentionBenchmark::new);
    }

    @Test
    void naiveOverThousandsOfTokensIsRefusedWithWhatToType() {
        AttentionBenchmark benchmark = new AttentionBenchmark();
        benchmark.implementation = Ladder.NAIVE.name();
        benchmark.tokens = 2048;
        benchmark.headDim = 64;
        IllegalStateException e = assertThrows(IllegalStateException.class, benchmark::open);
        assertTrue(e.getMessage().contains("-p implementation=VECTOR,VECTOR_PARALLEL"), e.getMessage());
    }
}
