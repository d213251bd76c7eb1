package dev.lanewise.benchmarks;

class SoftmaxBenchmarkTest extends AgreementTest {
    SoftmaxBenchmarkTest() {
        super(SoftmaxBenchmark::new);
    }
}
