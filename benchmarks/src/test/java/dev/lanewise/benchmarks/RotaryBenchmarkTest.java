package dev.lanewise.benchmarks;

class RotaryBenchmarkTest extends AgreementTest {
    RotaryBenchmarkTest() {
        super(RotaryBenchmark::new);
    }
}
