package dev.lanewise.benchmarks;

class AttentionBatchBenchmarkTest extends AgreementTest {
    AttentionBatchBenchmarkTest() {
        super(AttentionBatchBenchmark::new);
    }
}
