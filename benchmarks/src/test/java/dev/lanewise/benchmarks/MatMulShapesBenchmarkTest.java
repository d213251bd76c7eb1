package dev.lanewise.benchmarks;

class MatMulShapesBenchmarkTest extends AgreementTest {
    MatMulShapesBenchmarkTest() {
        super(MatMulShapesBenchmark::new);
    }
}
