package dev.lanewise.benchmarks;

class LogSoftmaxBenchmarkTest extends AgreementTest {
    LogSoftmaxBenchmarkTest() {
        super(LogSoftmaxBenchmark::new);
    }
}
