package dev.lanewise.benchmarks;

class UpdateBenchmarkTest extends AgreementTest {
    UpdateBenchmarkTest() {
        super(UpdateBenchmark::new);
    }
}
