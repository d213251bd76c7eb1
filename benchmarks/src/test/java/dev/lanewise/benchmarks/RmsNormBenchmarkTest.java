package dev.lanewise.benchmarks;

class RmsNormBenchmarkTest extends AgreementTest {
    RmsNormBenchmarkTest() {
        super(RmsNormBenchmark::new);
    }
}
