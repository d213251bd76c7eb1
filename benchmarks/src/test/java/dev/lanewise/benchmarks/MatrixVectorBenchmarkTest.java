package dev.lanewise.benchmarks;

class MatrixVectorBenchmarkTest extends AgreementTest {
    MatrixVectorBenchmarkTest() {
        super(MatrixVectorBenchmark::new);
    }
}
