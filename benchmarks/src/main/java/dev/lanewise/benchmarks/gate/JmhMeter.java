package dev.lanewise.benchmarks.gate;

import dev.lanewise.benchmarks.Ladder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
 * Runs a benchmark naive and vector in forked JVMs. The iterations are short: limits are generous, and what they guard
 * against costs a factor. Compiling is not left to them: the benchmarks call what is measured until it allocates nothing.
 *
 * @param extraFlags options of the JVMs, behind those of the benchmarks
 * @param forks JVMs for each implementation
 */
record JmhMeter(List<String> extraFlags, int forks) implements GateRun.Meter {
    private static final int WARMUPS = 3;
    private static final int ITERATIONS = 5;
    private static final TimeValue ITERATION = TimeValue.milliseconds(150);

    @Override
    public String measure(Limit limit, boolean again) {
        Path log = log(limit);
        ChainedOptionsBuilder options = new OptionsBuilder().include("\\." + Pattern.quote(limit.benchmark()) + "$")
                .param(Result.IMPLEMENTATION, Ladder.NAIVE.name(), Ladder.VECTOR.name())
                .jvmArgsAppend(extraFlags.toArray(String[]::new))
                // One more, so that at two the median is no mean, which a single slow JVM decides.
                .forks(again ? forks + 1 : forks).warmupIterations(WARMUPS)
                .warmupTime(ITERATION).measurementIterations(ITERATIONS).measurementTime(ITERATION)
                .addProfiler(GCProfiler.class).shouldFailOnError(true).output(log.toString());
        limit.params().forEach(options::param);
        try {
            String json = json(results(new Runner(options.build())));
            Files.delete(log);
            return json;
        } catch (RunnerException e) {
            throw new GateException("failed: " + messages(e) + printed(log), e);
        } catch (IOException e) {
            throw new GateException("JMH's log " + log + " can't be removed: " + e.getMessage(), e);
        }
    }

    /** Where JMH's output is to be found; an empty log, as of a run that never began, is removed instead. */
    private static String printed(Path log) {
        try {
            if (Files.size(log) > 0) {
                return "; what JMH printed is in " + log;
            }
            Files.delete(log);
            return "";
        } catch (IOException e) {
            return "; what JMH printed is lost: " + e.getMessage();
        }
    }

    private static Collection<RunResult> results(Runner runner) throws RunnerException {
        try {
            return runner.run();
        } catch (NoBenchmarksException e) {
            // Renamed or removed: the judge says so, since it finds no result.
            return List.of();
        }
    }

    private static Path log(Limit limit) {
        try {
            return Files.createTempFile("lanewise-gate-" + limit.benchmark() + "-", ".log");
        } catch (IOException e) {
            throw new GateException("no log for JMH can be made: " + e.getMessage(), e);
        }
    }

    private static String json(Collection<RunResult> results) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(json, true, StandardCharsets.UTF_8);
        ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
        return json.toString(StandardCharsets.UTF_8);
    }

    /** What an exception and its causes say, a line of each: JMH tells most of it in causes and suppressed exceptions. */
    static String messages(Throwable thrown) {
        Set<String> messages = new LinkedHashSet<>();
        for (Throwable e = thrown; e != null; e = e.getCause() == null ? firstSuppressed(e) : e.getCause()) {
            String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            messages.add(text.strip().replaceFirst("^ERROR: ", "").lines().findFirst().orElse(""));
        }
        return String.join(": ", messages);
    }

    private static Throwable firstSuppressed(Throwable e) {
        return e.getSuppressed().length == 0 ? null : e.getSuppressed()[0];
    }
}
