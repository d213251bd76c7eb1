package dev.lanewise.benchmarks;

class AttentionMaskBenchmarkTest extends AgreementTest {
    AttentionMaskBenchmarkTest() {
        super(AttentionMaskBenchmark::new);
    }
}
