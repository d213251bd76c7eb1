package dev.lanewise.benchmarks.gate;

import java.util.ArrayList;
import java.util.List;

/** Writes text of the shape that JMH 1.37 writes with {@code -rf json -prof gc}. */
final class JmhJson {
    private final List<String> results = new ArrayList<>();

    /** A result in operations a second; {@code iterations} are two forks' raw data, {@code bytes} as JMH would print it. */
    JmhJson throughput(String benchmark, String params, String iterations, String bytes) {
        return result(benchmark, "thrpt", "ops/s", params, iterations, bytes);
    }

    /** A result in milliseconds an operation. */
    JmhJson averageTime(String benchmark, String params, String iterations, String bytes) {
        return result(benchmark, "avgt", "ms/op", params, iterations, bytes);
    }

    /** Any result. Without bytes, as if the profiler was off, where they are null. */
    JmhJson result(String benchmark, String mode, String unit, String params, String iterations, String bytes) {
        String profiled = bytes == null
                ? ""
                : """
                        "gc.alloc.rate.norm" : { "score" : %s, "scoreError" : "NaN", "scoreUnit" : "B/op",
                            "rawData" : [ [ %s ] ] }
                        """.formatted("1.0", bytes);
        results.add(
                """
                        { "jmhVersion" : "1.37", "benchmark" : "dev.lanewise.benchmarks.%s", "mode" : "%s",
                          "threads" : 1, "forks" : 2, "params" : { %s },
                          "primaryMetric" : { "score" : 1.0, "scoreError" : "NaN", "scoreConfidence" : ["NaN", "NaN"],
                              "scoreUnit" : "%s", "rawData" : [ %s ] },
                          "secondaryMetrics" : { %s } }
                        """.formatted(benchmark, mode, params, unit, iterations, profiled));
        return this;
    }

    /** The whole file. */
    String text() {
        return "[\n" + String.join(",\n", results) + "]\n";
    }

    /** The parameters of a size and an implementation. */
    static String size(int size, String implementation) {
        return "\"implementation\" : \"" + implementation + "\", \"size\" : \"" + size + "\"";
    }
}
