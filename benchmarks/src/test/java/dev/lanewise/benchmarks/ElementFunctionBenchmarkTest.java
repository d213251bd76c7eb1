package dev.lanewise.benchmarks;

class ElementFunctionBenchmarkTest extends AgreementTest {
    ElementFunctionBenchmarkTest() {
        super(ElementFunctionBenchmark::new);
    }
}
