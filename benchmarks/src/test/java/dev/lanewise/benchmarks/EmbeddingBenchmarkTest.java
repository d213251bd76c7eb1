package dev.lanewise.benchmarks;

class EmbeddingBenchmarkTest extends AgreementTest {
    EmbeddingBenchmarkTest() {
        super(EmbeddingBenchmark::new);
    }
}
