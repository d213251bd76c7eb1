package dev.lanewise.benchmarks;

class LayerNormBenchmarkTest extends AgreementTest {
    LayerNormBenchmarkTest() {
        super(LayerNormBenchmark::new);
    }
}
