package dev.lanewise.benchmarks.gate;

import dev.lanewise.benchmarks.LadderBenchmark;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final int DEFAULT_FORKS = 2;

    @Option(names = "--results", paramLabel = "FILE",
            description = "Judge results that JMH recorded with -rf json -prof gc, and run nothing. Needs --width.")
    private Path results;

    @Option(names = "--width", paramLabel = "BITS",
            description = "Vector width: 128, 256 or 512. Default: what the machine prefers.")
    private Integer width;

    @Option(names = "--limits", paramLabel = "FILE", description = "Limits to judge by. Default: those in the jar.")
    private Path limitsFile;

    @Option(names = "--forks", paramLabel = "N",
            description = "JVMs a benchmark and implementation. Default: " + DEFAULT_FORKS + ".")
    private Integer forks;

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
     */
    @Override
    public Integer call() {
        if (width != null && width != 128 && width != 256 && width != 512) {
            throw mistake("--width must be 128, 256 or 512, but is " + width);
        }
        if (forks != null && forks < 1) {
            throw mistake("--forks must be 1 or more, but is " + forks);
        }
        if (results != null && width == null) {
            throw mistake("--results needs --width: JMH does not record the vector width");
        }
        if (results != null && (forks != null || record != null)) {
            throw mistake((forks == null ? "--record" : "--forks") + " is for measuring, and --results runs nothing");
        }
        requireWritable(json, record);
        List<Limit> limits = limitsFile == null
                ? LimitsReader.bundled()
                : LimitsReader.read(limitsFile.toString(), TextFiles.read(limitsFile, ""));
        return results == null ? measure(limits) : read(limits);
    }

    private int read(List<Limit> limits) {
        String name = results.toString();
        String text = TextFiles.read(results, "");
        Environment environment = ResultsReader.environment(name, text,
                revision == null ? Environment.UNKNOWN : revision, width);
        return publish(new Report(environment, new LimitJudge(limits, width).judge(ResultsReader.read(name, text))),
                "");
    }

    private int measure(List<Limit> limits) {
        List<String> extra = width == null ? List.of() : List.of("-XX:MaxVectorSize=" + width / 8);
        String[] own = LadderBenchmark.class.getAnnotation(Fork.class).jvmArgsPrepend();
        List<String> flags = Stream.concat(Stream.of(own), extra.stream()).toList();
        int found = Environment.probeWidth(flags);
        if (width != null && found != width) {
            throw new GateException("asked for " + width + "-bit vectors, but this machine runs " + found);
        }
        int jvms = forks == null ? DEFAULT_FORKS : forks;
        GateRun.Measured measured = new GateRun(new JmhMeter(extra, jvms), found, System.err).run(limits);
        Environment environment = Environment.here(Environment.revision(revision), flags, found, jvms);
        return publish(new Report(environment, measured.verdicts()), measured.recorded());
    }

    /** The table first, so that a full disk takes no result away. */
    private int publish(Report report, String recorded) {
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(json, report.json());
        files.put(record, recorded);
        publish(report.markdown(), files);
        return report.outcome().exitCode();
    }
}
