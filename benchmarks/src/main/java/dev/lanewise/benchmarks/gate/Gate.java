package dev.lanewise.benchmarks.gate;

import dev.lanewise.benchmarks.LadderBenchmark;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Fork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command: {@code java -cp benchmarks/target/benchmarks.jar dev.lanewise.benchmarks.gate.Gate}. Exit codes: 0 every
 * limit holds, 1 a limit does not hold, 2 something could not be judged, 3 the command itself failed.
 */
@Command(name = "gate", sortOptions = false, description = {
    "Runs a short set of benchmarks and compares the vector kernels with the naive ones against checked-in limits.",
    "Exit codes: 0 every limit holds, 1 regression, 2 could not judge, 3 error."
})
public final class Gate extends GateCommand {
    @Option(names = "--results", paramLabel = "FILE",
            description = "Judge results that JMH recorded with -rf json -prof gc, and run nothing. Needs --width.")
    private Path results;

    @Option(names = "--width", paramLabel = "BITS",
            description = "Vector width: 128, 256 or 512. Default: what the machine prefers.")
    private Integer width;

    @Option(names = "--limits", paramLabel = "FILE", description = "Limits to judge by. Default: those in the jar.")
    private Path limitsFile;

    @Option(names = "--forks", paramLabel = "N", defaultValue = "2",
            description = "JVMs a benchmark and implementation. Default: ${DEFAULT-VALUE}.")
    private int forks;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report here, as JSON.")
    private Path json;

    @Option(names = "--record", paramLabel = "FILE", description = "Also write JMH's own results here.")
    private Path record;

    @Option(names = "--revision", paramLabel = "TEXT",
            description = "Revision for the report. Default: what git says, unless --results is given.")
    private String revision;

    private Gate() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param args options; {@code --help} lists them
     */
    public static void main(String[] args) {
        runAndExit(new Gate(), args);
    }

    /** Runs the command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(new Gate(), out, err, args);
    }

    /**
     * Measures or reads, judges, reports.
     *
     * @return the exit code
     * @throws IOException if a report can't be written
     */
    @Override
    public Integer call() throws IOException {
        if (width != null && width != 128 && width != 256 && width != 512) {
            throw mistake("--width must be 128, 256 or 512, but is " + width);
        }
        if (forks < 1) {
            throw mistake("--forks must be 1 or more, but is " + forks);
        }
        if (results != null && width == null) {
            throw mistake("--results needs --width: JMH does not record the vector width");
        }
        List<Limit> limits = limitsFile == null
                ? LimitsReader.bundled()
                : LimitsReader.read(limitsFile.toString(), content(limitsFile, ""));
        Report report = results == null ? measure(limits) : read(limits);
        publish(report.markdown());
        if (json != null) {
            Files.writeString(json, report.json());
        }
        return report.outcome().exitCode();
    }

    private Report read(List<Limit> limits) throws IOException {
        String name = results.toString();
        String text = content(results, "");
        Environment environment = ResultsReader.environment(name, text,
                revision == null ? Environment.UNKNOWN : revision, width);
        return new Report(environment, new LimitJudge(limits, width).judge(ResultsReader.read(name, text)));
    }

    private Report measure(List<Limit> limits) throws IOException {
        List<String> extra = width == null ? List.of() : List.of("-XX:MaxVectorSize=" + width / 8);
        String[] own = LadderBenchmark.class.getAnnotation(Fork.class).jvmArgsPrepend();
        List<String> flags = Stream.concat(Stream.of(own), extra.stream()).toList();
        int found = Environment.probeWidth(flags);
        if (width != null && found != width) {
            throw new GateException("asked for " + width + "-bit vectors, but this machine runs " + found);
        }
        Path log = Files.createTempFile("lanewise-gate-", ".log");
        String recorded = new GateRun(extra, forks, log, System.err).run(limits);
        Files.delete(log);
        if (record != null) {
            Files.writeString(record, recorded);
        }
        List<Result> measured = ResultsReader.read("JMH's results", recorded);
        Environment environment = Environment.here(Environment.revision(revision), flags, found, forks);
        return new Report(environment, new LimitJudge(limits, found).judge(measured));
    }
}
