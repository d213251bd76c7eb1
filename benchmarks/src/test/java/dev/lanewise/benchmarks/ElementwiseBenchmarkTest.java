package dev.lanewise.benchmarks;

class ElementwiseBenchmarkTest extends AgreementTest {
    ElementwiseBenchmarkTest() {
        super(ElementwiseBenchmark::new);
    }
}
