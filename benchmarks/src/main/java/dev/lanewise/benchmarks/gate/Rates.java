package dev.lanewise.benchmarks.gate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a recorded benchmark says of the speed of arithmetic and of memory.
 *
 * @param result name, parameters and calls a second
 * @param threads that called it
 * @param width the options that set the vector width, as they were given; empty where none was
 * @param gflops 10^9 floating-point operations a second; NaN where the benchmark counts none
 * @param gigabytes 10^9 bytes a second; NaN where the benchmark tells neither bytes nor elements of known size
 */
record Rates(Result result, int threads, String width, double gflops, double gigabytes) {
    /** Bytes that an element moves, by the comments of the benchmarks that count elements. */
    private static final Map<String, Integer> BYTES_PER_ELEMENT = Map.ofEntries(
            Map.entry("ActivationBenchmark.gelu", 8), Map.entry("ActivationBenchmark.geluBackward", 12),
            Map.entry("ActivationBenchmark.relu", 8), Map.entry("ActivationBenchmark.reluBackward", 12),
            Map.entry("ElementFunctionBenchmark.forward", 8), Map.entry("ElementFunctionBenchmark.backward", 12),
            Map.entry("ElementwiseBenchmark.addBias", 8), Map.entry("ElementwiseBenchmark.addResidual", 12),
            Map.entry("ElementwiseBenchmark.dropout", 8), Map.entry("ElementwiseBenchmark.biasGradient", 4),
            Map.entry("EmbeddingBenchmark.gather", 8), Map.entry("EmbeddingBenchmark.scatterAdd", 12),
            Map.entry("LayerNormBenchmark.forward", 8), Map.entry("LayerNormBenchmark.backward", 16),
            Map.entry("LayerNormBenchmark.residual", 16), Map.entry("LogSoftmaxBenchmark.forward", 8),
            Map.entry("LogSoftmaxBenchmark.backward", 12), Map.entry("LogSoftmaxBenchmark.lossWithGradient", 8),
            Map.entry("RmsNormBenchmark.forward", 8), Map.entry("RmsNormBenchmark.backward", 16),
            Map.entry("RotaryBenchmark.halves", 8), Map.entry("RotaryBenchmark.interleaved", 8),
            Map.entry("SoftmaxBenchmark.forward", 8), Map.entry("SoftmaxBenchmark.backward", 12),
            Map.entry("UpdateBenchmark.adamW", 28), Map.entry("UpdateBenchmark.adamWRows", 36));

    /** All results of the text; {@code name} is what messages call it. */
    static List<Rates> read(String name, String text) {
        List<Result> results = ResultsReader.read(name, text);
        List<Rates> rates = new ArrayList<>();
        for (JsonNode node : JsonFiles.parse(name, text)) {
            Result result = results.get(rates.size());
            String where = name + ", result " + (rates.size() + 1) + " (" + result.benchmark() + ")";
            JsonNode metrics = node.path("secondaryMetrics");
            double bytes = metric(where, metrics, "gigabytes");
            if (Double.isNaN(bytes)) {
                bytes = metric(where, metrics, "gigaElements")
                        * BYTES_PER_ELEMENT.getOrDefault(result.benchmark(), 0);
            }
            boolean rate = result.mode().equals("thrpt");
            rates.add(new Rates(
                    result, result.setting().threads(), result.setting().widthOptions(),
                    rate ? metric(where, metrics, "gflops") : Double.NaN,
                    rate && bytes > 0 ? bytes : Double.NaN));
        }
        return rates;
    }

    /** Whether it ran on all processors: by its rung of the ladder, or since JMH called it on several threads. */
    boolean parallel() {
        return threads > 1 || "VECTOR_PARALLEL".equals(result.params().get(Result.IMPLEMENTATION));
    }

    /** Bytes that one call reads and writes; NaN where they are not known. */
    double bytesPerCall() {
        return result.unit().equals("ops/s") ? gigabytes * 1e9 / result.score() : Double.NaN;
    }

    private static double metric(String where, JsonNode metrics, String metric) {
        JsonNode node = metrics.get(metric);
        if (node == null) {
            return Double.NaN;
        }
        return Result.median(
                ResultsReader.forkMedians(where + ", " + metric, node).stream().mapToDouble(Double::doubleValue)
                        .toArray());
    }
}
