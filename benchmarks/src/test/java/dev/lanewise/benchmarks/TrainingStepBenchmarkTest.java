package dev.lanewise.benchmarks;

class TrainingStepBenchmarkTest extends AgreementTest {
    TrainingStepBenchmarkTest() {
        super(TrainingStepBenchmark::new);
    }
}
