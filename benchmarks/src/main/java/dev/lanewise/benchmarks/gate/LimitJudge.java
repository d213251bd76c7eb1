package dev.lanewise.benchmarks.gate;

import dev.lanewise.benchmarks.Ladder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Judges results of one run by themselves: vector against naive, and bytes. Both implementations ran on the same machine
 * minutes apart, so their ratio moves far less than either speed; bytes hardly move at all.
 */
final class LimitJudge {
    private final List<Limit> limits;
    private final int width;

    /** A judge for one vector width in bits. */
    LimitJudge(List<Limit> limits, int width) {
        this.limits = limits;
        this.width = width;
    }

    /** One verdict for each limit, in their order, then one for each benchmark of the ladder that has no limit at all. */
    List<Verdict> judge(List<Result> results) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Limit limit : limits) {
            verdicts.add(judge(limit, results));
        }
        results.stream()
                .filter(result -> result.params().containsKey(Result.IMPLEMENTATION))
                .map(Result::benchmark)
                .filter(name -> limits.stream().noneMatch(limit -> limit.benchmark().equals(name)))
                .distinct()
                .forEach(name -> verdicts.add(withoutLimit(name)));
        return verdicts;
    }

    private Verdict judge(Limit limit, List<Result> results) {
        List<String> missing = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        Result naive = find(limit, Ladder.NAIVE, results, missing);
        Result vector = find(limit, Ladder.VECTOR, results, missing);
        double floor = limit.floors().getOrDefault(width, Double.NaN);
        if (Double.isNaN(floor)) {
            missing.add("no floor for " + width + " bits, only for " + widths(limit));
        }
        double ratio = naive == null || vector == null ? Double.NaN : ratio(naive, vector, missing);
        if (ratio < floor) {
            broken.add(String.format(Locale.ROOT, "vector is %.2f times naive, the floor is %.2f", ratio, floor));
        }
        double bytes = vector == null ? Double.NaN : bytes(vector, missing);
        if (bytes > limit.ceiling()) {
            broken.add(String.format(
                    Locale.ROOT, "%.1f bytes an operation, the ceiling is %.1f", bytes, limit.ceiling()));
        }
        Outcome outcome = Outcome.HELD;
        if (!broken.isEmpty()) {
            outcome = Outcome.REGRESSED;
        } else if (!missing.isEmpty()) {
            outcome = Outcome.NOT_JUDGED;
        }
        broken.addAll(missing);
        return new Verdict(limit, naive, vector, ratio, floor, bytes, outcome, List.copyOf(broken));
    }

    private static Result find(Limit limit, Ladder rung, List<Result> results, List<String> missing) {
        SortedMap<String, String> params = new TreeMap<>(limit.params());
        params.put(Result.IMPLEMENTATION, rung.name());
        List<Result> sameName = results.stream().filter(r -> r.benchmark().equals(limit.benchmark())).toList();
        List<Result> found = sameName.stream().filter(r -> r.params().equals(params)).toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        if (found.size() > 1) {
            missing.add(found.size() + " results for " + rung + ": which one counts is not known");
        } else if (sameName.isEmpty()) {
            missing.add("no result for " + rung + ": was the benchmark renamed or removed?");
        } else {
            missing.add("no result for " + rung + " with these parameters, only for "
                    + sameName.stream().map(r -> Limit.text(r.params())).collect(Collectors.joining(", ")));
        }
        return null;
    }

    private double ratio(Result naive, Result vector, List<String> missing) {
        List<String> differences = Setting.differences("naive", naive.setting(), "vector", vector.setting());
        int recorded = vector.setting().width().orElse(width);
        if (recorded != width) {
            differences.add("vector ran with " + vector.setting().widthOptions() + ", which is " + recorded
                    + " bits: judge it with --width " + recorded);
        }
        if (!differences.isEmpty()) {
            missing.addAll(differences);
            return Double.NaN;
        }
        if (!naive.mode().equals(vector.mode()) || !naive.unit().equals(vector.unit())) {
            missing.add("naive was measured as " + naive.mode() + " in " + naive.unit() + ", vector as " + vector.mode()
                    + " in " + vector.unit());
            return Double.NaN;
        }
        double slow = naive.score();
        double fast = vector.score();
        if (!(slow > 0) || !(fast > 0) || Double.isInfinite(slow) || Double.isInfinite(fast)) {
            missing.add("a score is not a positive number: naive " + slow + ", vector " + fast);
            return Double.NaN;
        }
        return switch (naive.mode()) {
            case "thrpt" -> fast / slow;
            case "avgt", "sample", "ss" -> slow / fast;
            default -> {
                missing.add("mode " + naive.mode() + " is not known");
                yield Double.NaN;
            }
        };
    }

    private static double bytes(Result vector, List<String> missing) {
        if (vector.bytesPerOperation().isEmpty()) {
            missing.add("no bytes an operation: record with -prof gc");
            return Double.NaN;
        }
        double bytes = vector.bytesPerOperation().getAsDouble();
        if (!vector.bytesUnit().equals("B/op")) {
            missing.add("bytes an operation are in " + vector.bytesUnit() + ", not in B/op");
            return Double.NaN;
        }
        // Less than zero is no noise: where the JVM's count ran backwards JMH itself records none.
        if (!(bytes >= 0)) {
            missing.add("bytes an operation are " + bytes);
            return Double.NaN;
        }
        return bytes;
    }

    private static Verdict withoutLimit(String benchmark) {
        Limit none = new Limit(benchmark, new TreeMap<>(), new TreeMap<>(), Double.NaN);
        return Verdict.notJudged(none, "has no limit: add one to limits.json");
    }

    private static String widths(Limit limit) {
        return limit.floors().keySet().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
