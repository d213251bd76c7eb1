package dev.lanewise.benchmarks;

class FusedEpilogueBenchmarkTest extends AgreementTest {
    FusedEpilogueBenchmarkTest() {
        super(FusedEpilogueBenchmark::new);
    }
}
