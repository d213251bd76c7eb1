package dev.lanewise.benchmarks;

class EncoderBenchmarkTest extends AgreementTest {
    EncoderBenchmarkTest() {
        super(EncoderBenchmark::new);
    }
}
