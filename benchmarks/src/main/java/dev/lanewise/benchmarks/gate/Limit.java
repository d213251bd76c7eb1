package dev.lanewise.benchmarks.gate;

import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * What one benchmark must hold.
 *
 * @param benchmark simple class name and method, {@code MatMulBenchmark.multiply}
 * @param params its parameters, without the implementation
 * @param floors least speed of the vector kernels as a multiple of the naive ones, by vector width in bits
 * @param ceiling most bytes that the vector kernels may allocate an operation
 */
record Limit(String benchmark, SortedMap<String, String> params, SortedMap<Integer, Double> floors, double ceiling) {
    /** The parameters as the report and JMH's own options write them. */
    String paramText() {
        return text(params);
    }

    /** {@code headDim=64 tokens=512}, or a dash. */
    static String text(Map<String, String> params) {
        return params.isEmpty()
                ? "-"
                : params.entrySet().stream().map(p -> p.getKey() + "=" + p.getValue()).collect(Collectors.joining(" "));
    }
}
