package dev.lanewise.benchmarks.gate;

import dev.lanewise.benchmarks.Ladder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks that the limits name, naive and vector, in forked JVMs, and yields what JMH would have written. The
 * iterations are short: limits are generous, and what they guard against costs a factor.
 */
final class GateRun {
    private static final int WARMUPS = 3;
    private static final int ITERATIONS = 5;
    private static final TimeValue ITERATION = TimeValue.milliseconds(150);

    private final List<String> extraFlags;
    private final int forks;
    private final Path log;
    private final PrintStream progress;

    /** A run with options appended to those of the benchmarks; JMH's own output goes to the log. */
    GateRun(List<String> extraFlags, int forks, Path log, PrintStream progress) {
        this.extraFlags = extraFlags;
        this.forks = forks;
        this.log = log;
        this.progress = progress;
    }

    /** Runs all and returns JMH's JSON. */
    String run(List<Limit> limits) {
        List<RunResult> results = new ArrayList<>();
        for (int i = 0; i < limits.size(); i++) {
            Limit limit = limits.get(i);
            progress.printf("[%d/%d] %s %s%n", i + 1, limits.size(), limit.benchmark(), limit.paramText());
            results.addAll(run(limit));
        }
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(json, true, StandardCharsets.UTF_8);
        ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
        return json.toString(StandardCharsets.UTF_8);
    }

    private Collection<RunResult> run(Limit limit) {
        ChainedOptionsBuilder options = new OptionsBuilder().include("\\." + Pattern.quote(limit.benchmark()) + "$")
                .param(Result.IMPLEMENTATION, Ladder.NAIVE.name(), Ladder.VECTOR.name())
                .jvmArgsAppend(extraFlags.toArray(String[]::new)).forks(forks).warmupIterations(WARMUPS)
                .warmupTime(ITERATION).measurementIterations(ITERATIONS).measurementTime(ITERATION)
                .addProfiler(GCProfiler.class).shouldFailOnError(true).output(log.toString());
        limit.params().forEach(options::param);
        try {
            return new Runner(options.build()).run();
        } catch (NoBenchmarksException e) {
            // Renamed or removed: the judge says so, since it finds no result.
            return List.of();
        } catch (RunnerException e) {
            throw new GateException(
                    limit.benchmark() + " " + limit.paramText() + " failed; what JMH printed is in " + log, e);
        }
    }
}
