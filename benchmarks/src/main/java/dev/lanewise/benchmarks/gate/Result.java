package dev.lanewise.benchmarks.gate;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;

/**
 * One recorded benchmark.
 *
 * @param benchmark simple class name and method, {@code MatMulBenchmark.multiply}
 * @param params its parameters, the implementation among them
 * @param mode JMH's mode: {@code thrpt}, {@code avgt}, {@code sample} or {@code ss}
 * @param unit unit of the score, {@code ops/s}
 * @param forkMedians one median for each fork, since iterations of one fork are not independent
 * @param bytesPerOperation what {@code -prof gc} counted in the fork that allocated least; empty where it was not on
 * @param bytesUnit its unit, {@code B/op}; empty where it was not on
 * @param setting how it was run
 */
record Result(
        String benchmark, SortedMap<String, String> params, String mode, String unit, List<Double> forkMedians,
        OptionalDouble bytesPerOperation, String bytesUnit, Setting setting) {
    /** The parameter that names the rung of the ladder. */
    static final String IMPLEMENTATION = "implementation";

    /** Median over the forks; NaN where there is none, or one of them is NaN. */
    double score() {
        return median(forkMedians.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Median; NaN of nothing, or where one value is NaN. */
    static double median(double[] values) {
        if (values.length == 0 || Arrays.stream(values).anyMatch(Double::isNaN)) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
