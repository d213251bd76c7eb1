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
            Setting setting = setting(node);
            jdks.add(setting.vmVersion());
            flags.add(setting.jvmArgs());
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
        JsonNode bytes = bytes(node);
        return new Result(
                benchmark, JsonFiles.texts(where, node, "params"), JsonFiles.text(where, node, "mode"),
                JsonFiles.text(where, primary, "scoreUnit"), forkMedians(where, primary),
                bytes == null ? OptionalDouble.empty() : OptionalDouble.of(least(forkMedians(where, bytes))),
                bytes == null ? "" : JsonFiles.text(where + ": " + BYTES, bytes, "scoreUnit"), setting(node));
    }

    private static Setting setting(JsonNode node) {
        List<String> arguments = new ArrayList<>();
        node.path("jvmArgs").forEach(argument -> arguments.add(argument.asText()));
        return new Setting(
                node.path("vmVersion").asText(Environment.UNKNOWN), List.copyOf(arguments),
                node.path("threads").asInt(1));
    }

    /**
     * A kernel that allocates does so in every JVM. One JVM whose compilers were late says nothing of the kernel, and at two
     * forks would decide their median. NaN of nothing, or where one value is NaN.
     */
    private static double least(List<Double> forks) {
        return forks.stream().mapToDouble(Double::doubleValue).reduce(Math::min).orElse(Double.NaN);
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

    /** What the profiler recorded; null where it was not on. */
    private static JsonNode bytes(JsonNode node) {
        for (var metric : node.path("secondaryMetrics").properties()) {
            // Releases of JMH before 1.37 put a dot before the names of what profilers measure.
            if (metric.getKey().endsWith(BYTES)) {
                return metric.getValue();
            }
        }
        return null;
    }
}
