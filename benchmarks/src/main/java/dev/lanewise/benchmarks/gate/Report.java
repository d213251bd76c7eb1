package dev.lanewise.benchmarks.gate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Writes what was found, for people and for programs.
 *
 * @param environment where the results were measured
 * @param verdicts what was found of each benchmark
 */
record Report(Environment environment, List<Verdict> verdicts) {
    /** Of the whole run. */
    Outcome outcome() {
        return Outcome.of(verdicts);
    }

    /** A heading, a table with one row a benchmark, a list of the reasons, and where it was measured. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("## Benchmark gate: ").append(summary()).append("\n\n");
        text.append(
                "| benchmark | parameters | naive | vector | unit | vector / naive | floor | B/op | ceiling | outcome |\n");
        text.append("|---|---|---:|---:|---|---:|---:|---:|---:|---|\n");
        for (Verdict verdict : verdicts) {
            text.append(row(verdict));
        }
        String reasons = verdicts.stream().filter(verdict -> !verdict.reasons().isEmpty()).map(Report::reason)
                .collect(Collectors.joining());
        text.append(reasons.isEmpty() ? "" : "\n" + reasons);
        text.append("\nRevision ").append(environment.revision());
        text.append(", JDK ").append(environment.jdk()).append(", ").append(environment.cpu());
        text.append(", ").append(environment.width()).append("-bit vectors");
        text.append(", ").append(environment.forks()).append(environment.forks() == 1 ? " fork" : " forks");
        text.append(", flags `").append(String.join(" ", environment.flags())).append('`');
        return text.append(". Scores are the median of the forks' medians, bytes the least of them.\n").toString();
    }

    /** The same with every fork's median. */
    String json() {
        ObjectNode root = JsonFiles.MAPPER.createObjectNode();
        root.put("outcome", outcome().name());
        ObjectNode where = root.putObject("environment");
        where.put("revision", environment.revision()).put("jdk", environment.jdk()).put("cpu", environment.cpu());
        where.put("vectorBits", environment.width()).put("forks", environment.forks());
        ArrayNode flags = where.putArray("flags");
        environment.flags().forEach(flags::add);
        ArrayNode list = root.putArray("benchmarks");
        for (Verdict verdict : verdicts) {
            ObjectNode node = list.addObject();
            node.put("benchmark", verdict.limit().benchmark());
            ObjectNode params = node.putObject("params");
            verdict.limit().params().forEach(params::put);
            node.put("outcome", verdict.outcome().name());
            put(node, "ratio", verdict.ratio());
            put(node, "floor", verdict.floor());
            put(node, "bytesPerOperation", verdict.bytes());
            put(node, "ceiling", verdict.limit().ceiling());
            putScore(node, "naive", verdict.naive());
            putScore(node, "vector", verdict.vector());
            ArrayNode reasons = node.putArray("reasons");
            verdict.reasons().forEach(reasons::add);
        }
        return root.toPrettyString() + "\n";
    }

    private String summary() {
        return switch (outcome()) {
            case HELD -> "all " + verdicts.size() + " benchmarks hold their limits";
            case REGRESSED -> count(Outcome.REGRESSED) + " of " + verdicts.size() + " benchmarks regressed";
            case NOT_JUDGED -> count(Outcome.NOT_JUDGED) + " of " + verdicts.size() + " benchmarks could not be judged";
        };
    }

    private long count(Outcome outcome) {
        return verdicts.stream().filter(verdict -> verdict.outcome() == outcome).count();
    }

    private static String row(Verdict verdict) {
        Result any = verdict.vector() == null ? verdict.naive() : verdict.vector();
        return String.join(
                " | ", "| " + verdict.limit().benchmark(), verdict.limit().paramText(), score(verdict.naive()),
                score(verdict.vector()), any == null ? "-" : any.unit(), number("%.2f", verdict.ratio()),
                number("%.2f", verdict.floor()), number("%.1f", verdict.bytes()),
                number("%.1f", verdict.limit().ceiling()), verdict.outcome().label() + " |\n");
    }

    private static String reason(Verdict verdict) {
        return "- " + verdict.outcome().label() + ": " + verdict.limit().benchmark() + " " + verdict.limit().paramText()
                + ": " + String.join("; ", verdict.reasons()) + "\n";
    }

    private static String score(Result result) {
        return result == null ? "-" : number("%.4g", result.score());
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }

    /** JSON has no NaN: what could not be had is null. */
    private static void put(ObjectNode node, String field, double value) {
        if (Double.isFinite(value)) {
            node.put(field, value);
        } else {
            node.putNull(field);
        }
    }

    private static void putScore(ObjectNode node, String field, Result result) {
        if (result == null) {
            node.putNull(field);
            return;
        }
        ObjectNode score = node.putObject(field);
        score.put("mode", result.mode()).put("unit", result.unit());
        put(score, "median", result.score());
        ArrayNode forks = score.putArray("forkMedians");
        result.forkMedians().forEach(median -> {
            if (Double.isFinite(median)) {
                forks.add(median);
            } else {
                forks.addNull();
            }
        });
    }
}
