package dev.lanewise.benchmarks;

class AttentionOptionsBenchmarkTest extends AgreementTest {
    AttentionOptionsBenchmarkTest() {
        super(AttentionOptionsBenchmark::new);
    }
}
