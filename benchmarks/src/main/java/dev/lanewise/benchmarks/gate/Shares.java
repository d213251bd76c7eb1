package dev.lanewise.benchmarks.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The command: {@code java -cp benchmarks/target/benchmarks.jar dev.lanewise.benchmarks.gate.Shares FILE}. Shows recorded
 * results as shares of what the machine can do at all. Exit codes: 0 reported, 3 the command itself failed.
 */
@Command(name = "shares", sortOptions = false, description = {
    "Prints the results that JMH recorded with -rf json as a Markdown table: GFLOP/s as a share of PeakBenchmark, GB/s as "
            + "a share of BandwidthBenchmark, both of the same file.",
    "Exit codes: 0 reported, 3 error."
})
public final class Shares implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "What JMH wrote with -rf json -rff FILE.")
    private Path results;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Also write the table here.")
    private Path markdown;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Print this help.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    private Shares() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param args options; {@code --help} lists them
     */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        System.exit(run(out, err, args));
    }

    /** Runs the command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine command = new CommandLine(new Shares()).setOut(out).setErr(err);
        command.setParameterExceptionHandler((e, given) -> fail(err, e.getMessage() + " (--help lists the options)"));
        command.setExecutionExceptionHandler((e, line, parsed) -> {
            if (e instanceof GateException || e instanceof IOException) {
                return fail(err, e.getMessage());
            }
            throw e;
        });
        return command.execute(args);
    }

    private static int fail(PrintWriter err, String message) {
        err.println("shares: " + message);
        return Outcome.ERROR;
    }

    /**
     * Reads and reports.
     *
     * @return the exit code
     * @throws IOException if a file can't be read or written
     */
    @Override
    public Integer call() throws IOException {
        List<Rates> rates;
        try {
            rates = Rates.read(results.toString(), Files.readString(results));
        } catch (NoSuchFileException e) {
            throw new GateException(results + " does not exist; make it with -rf json -rff " + results, e);
        }
        SharesReport report = new SharesReport(rates);
        if (report.isEmpty()) {
            throw new GateException(
                    results + " has no rate to report: gflops, gigabytes and gigaElements are counted in throughput mode");
        }
        String text = report.markdown();
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        if (markdown != null) {
            Files.writeString(markdown, text);
        }
        return 0;
    }
}
