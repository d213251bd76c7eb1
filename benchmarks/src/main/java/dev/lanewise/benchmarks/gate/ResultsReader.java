package dev.lanewise.benchmarks.gate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/** Reads what JMH writes with {@code -rf json}. */
final class ResultsReader {
    private static final String BYTES = "gc.alloc.rate.norm";

    private ResultsReader() {}

    /** All results of the text; {@code name} is what messages call it. */
    static List<Result> read(String name, String text) {
        JsonNode root = JsonFiles.array(name, JsonFiles.parse(name, text));
        List<Result> results = new ArrayList<>();
        for (JsonNode node : root) {
            results.add(result(name + ", result " + (results.size() + 1), node));
        }
        return results;
    }

    /**
     * What the results say of where they were measured; JMH records neither the CPU nor the vector width. Of results with
     * different runtimes or flags, none is named.
     */
    static Environment environment(String name, String text, String revision, int width) {
        Set<String> jdks = new TreeSet<>();
        Set<List<String>> flags = new HashSet<>();
        int forks = 0;
        for (JsonNode node : JsonFiles.array(name, JsonFiles.parse(name, text))) {
            jdks.add(node.path("vmVersion").asText(Environment.UNKNOWN));
            List<String> arguments = new ArrayList<>();
            node.path("jvmArgs").forEach(argument -> arguments.add(argument.asText()));
            flags.add(arguments);
            forks = Math.max(forks, node.path("forks").asInt());
        }
        return new Environment(
                revision, jdks.size() == 1 ? jdks.iterator().next() : Environment.UNKNOWN,
                flags.size() == 1 ? flags.iterator().next() : List.of(), Environment.UNKNOWN, width, forks);
    }

    private static Result result(String name, JsonNode node) {
        String benchmark = simpleName(JsonFiles.text(name, node, "benchmark"));
        String where = name + " (" + benchmark + ")";
        JsonNode primary = node.path("primaryMetric");
        if (!primary.isObject()) {
            throw new GateException(where + " has no primaryMetric");
        }
        return new Result(
                benchmark, JsonFiles.texts(where, node, "params"), JsonFiles.text(where, node, "mode"),
                JsonFiles.text(where, primary, "scoreUnit"), forkMedians(where, primary), bytes(where, node));
    }

    /** {@code dev.lanewise.benchmarks.MatMulBenchmark.multiply} without its package. */
    private static String simpleName(String benchmark) {
        int method = benchmark.lastIndexOf('.');
        return benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1);
    }

    /** One median for each fork of a metric. */
    static List<Double> forkMedians(String where, JsonNode metric) {
        JsonNode raw = metric.get("rawData");
        if (raw == null) {
            // Sample mode records a histogram instead.
            return List.of(JsonFiles.number(where + ": score", metric.get("score")));
        }
        List<Double> medians = new ArrayList<>();
        for (JsonNode fork : JsonFiles.array(where + ": rawData", raw)) {
            medians.add(median(where, fork));
        }
        return List.copyOf(medians);
    }

    private static double median(String where, JsonNode fork) {
        JsonNode values = JsonFiles.array(where + ": a fork of rawData", fork);
        double[] iterations = new double[values.size()];
        for (int i = 0; i < iterations.length; i++) {
            iterations[i] = JsonFiles.number(where + ": an iteration", values.get(i));
        }
        return Result.median(iterations);
    }

    private static OptionalDouble bytes(String where, JsonNode node) {
        for (var metric : node.path("secondaryMetrics").properties()) {
            // Releases of JMH before 1.37 put a dot before the names of what profilers measure.
            if (metric.getKey().endsWith(BYTES)) {
                double[] forks = forkMedians(where, metric.getValue()).stream().mapToDouble(Double::doubleValue)
                        .toArray();
                return OptionalDouble.of(Result.median(forks));
            }
        }
        return OptionalDouble.empty();
    }
}
