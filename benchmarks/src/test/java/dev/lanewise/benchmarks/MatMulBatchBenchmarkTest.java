package dev.lanewise.benchmarks;

class MatMulBatchBenchmarkTest extends AgreementTest {
    MatMulBatchBenchmarkTest() {
        super(MatMulBatchBenchmark::new);
    }
}
