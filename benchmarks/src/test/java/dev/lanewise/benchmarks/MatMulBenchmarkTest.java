package dev.lanewise.benchmarks;

class MatMulBenchmarkTest extends AgreementTest {
    MatMulBenchmarkTest() {
        super(MatMulBenchmark::new);
    }
}
