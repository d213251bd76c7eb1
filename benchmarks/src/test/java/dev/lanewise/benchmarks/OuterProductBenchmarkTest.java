package dev.lanewise.benchmarks;

class OuterProductBenchmarkTest extends AgreementTest {
    OuterProductBenchmarkTest() {
        super(OuterProductBenchmark::new);
    }
}
