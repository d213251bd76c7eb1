package dev.lanewise.benchmarks.gate;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The command: {@code java -cp benchmarks/target/benchmarks.jar dev.lanewise.benchmarks.gate.Shares FILE}. Shows recorded
 * results as shares of what the machine can do at all. Exit codes: 0 reported, 3 the command itself failed.
 */
@Command(name = "shares", sortOptions = false, description = {
    "Prints the results that JMH recorded with -rf json as a Markdown table: GFLOP/s as a share of PeakBenchmark, GB/s as "
            + "a share of BandwidthBenchmark, both of the same file.",
    "Exit codes: 0 reported, 3 error."
})
public final class Shares extends GateCommand {
    @Parameters(paramLabel = "FILE", description = "What JMH wrote with -rf json -rff FILE.")
    private Path results;

    private Shares() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param args options; {@code --help} lists them
     */
    public static void main(String[] args) {
        runAndExit(new Shares(), args);
    }

    /** Runs the command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(new Shares(), out, err, args);
    }

    /**
     * Reads and reports.
     *
     * @return the exit code
     */
    @Override
    public Integer call() {
        requireWritable();
        String text = TextFiles.read(results, "; make it with -rf json -rff " + results);
        SharesReport report = new SharesReport(Rates.read(results.toString(), text));
        if (report.isEmpty()) {
            throw new GateException(
                    results + " has no rate to report: gflops, gigabytes and gigaElements are counted in throughput mode");
        }
        publish(report.markdown(), Map.of());
        return 0;
    }
}
