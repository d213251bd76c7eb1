package dev.lanewise.benchmarks;

class ActivationBenchmarkTest extends AgreementTest {
    ActivationBenchmarkTest() {
        super(ActivationBenchmark::new);
    }
}
