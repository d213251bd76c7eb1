package dev.lanewise.benchmarks;

class PackedMatrixBenchmarkTest extends AgreementTest {
    PackedMatrixBenchmarkTest() {
        super(PackedMatrixBenchmark::new);
    }
}
