package dev.lanewise.benchmarks.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures what the limits name and judges it. A limit that does not hold is measured once more, when all others are done:
 * a regression is there twice, a busy moment of the machine is not. A benchmark that fails takes no other's results away.
 */
final class GateRun {
    /** Measures the benchmark of a limit on both rungs. */
    interface Meter {
        /**
         * JMH's results as JSON, none where there is no such benchmark.
         *
         * @throws GateException if the benchmark fails
         */
        String measure(Limit limit, boolean again);
    }

    /**
     * What was found.
     *
     * @param verdicts one for each limit, in their order
     * @param recorded the results that they were judged by, as JMH would have written them
     */
    record Measured(List<Verdict> verdicts, String recorded) {}

    /** What was found of one limit, and the results, an empty array where the benchmark failed. */
    private record Judged(Verdict verdict, JsonNode results) {}

    private final Meter meter;
    private final int width;
    private final PrintStream progress;

    /** A run on vectors of a width in bits. */
    GateRun(Meter meter, int width, PrintStream progress) {
        this.meter = meter;
        this.width = width;
        this.progress = progress;
    }

    /**
     * Measures and judges all.
     *
     * @throws GateException if not one benchmark could be run
     */
    Measured run(List<Limit> limits) {
        List<Judged> all = new ArrayList<>();
        List<GateException> failures = new ArrayList<>();
        for (Limit limit : limits) {
            say(all.size() + 1, limits.size(), limit, "");
            all.add(judge(limit, false, failures));
        }
        if (failures.size() == limits.size()) {
            throw new GateException("every benchmark failed, the first one " + failures.getFirst().getMessage(),
                    failures.getFirst());
        }
        for (int i = 0; i < all.size(); i++) {
            Verdict first = all.get(i).verdict();
            if (first.outcome() == Outcome.REGRESSED) {
                say(i + 1, limits.size(), first.limit(), " once more: " + String.join("; ", first.reasons()));
                all.set(i, confirmed(first, judge(first.limit(), true, failures)));
            }
        }
        ArrayNode recorded = JsonFiles.MAPPER.createArrayNode();
        all.forEach(judged -> judged.results().forEach(recorded::add));
        return new Measured(all.stream().map(Judged::verdict).toList(), recorded.toPrettyString() + "\n");
    }

    private Judged judge(Limit limit, boolean again, List<GateException> failures) {
        try {
            String text = meter.measure(limit, again);
            List<Result> results = ResultsReader.read("JMH's results", text);
            return new Judged(
                    new LimitJudge(List.of(limit), width).judge(results).getFirst(),
                    JsonFiles.parse("JMH's results", text));
        } catch (GateException e) {
            failures.add(e);
            progress.println(e.getMessage());
            return new Judged(Verdict.notJudged(limit, e.getMessage()), JsonFiles.MAPPER.createArrayNode());
        }
    }

    /** The second measurement decides; what the first one said stays to be read. */
    private static Judged confirmed(Verdict first, Judged second) {
        Stream<String> earlier = first.reasons().stream().map(reason -> "measured first: " + reason);
        List<String> reasons = Stream.concat(second.verdict().reasons().stream(), earlier).toList();
        return new Judged(second.verdict().withReasons(reasons), second.results());
    }

    private void say(int number, int of, Limit limit, String more) {
        progress.printf("[%d/%d] %s %s%s%n", number, of, limit.benchmark(), limit.paramText(), more);
    }
}
