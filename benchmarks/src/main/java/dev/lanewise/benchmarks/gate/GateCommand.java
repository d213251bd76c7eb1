package dev.lanewise.benchmarks.gate;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The frame of a command: its report goes to a file too, and what goes wrong is one line and {@link Outcome#ERROR}. */
abstract class GateCommand implements Callable<Integer> {
    // The order puts both behind the command's own options.
    @Option(names = "--markdown", paramLabel = "FILE", order = 1, description = "Also write the report here.")
    private Path markdown;

    @Option(names = {"-h", "--help"}, usageHelp = true, order = 2, description = "Print this help.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    /** Runs the command and ends the JVM with its exit code. */
    static void runAndExit(GateCommand command, String... args) {
        System.exit(run(command, new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
    }

    /** Runs the command and returns its exit code. */
    static int run(GateCommand command, PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(command).setOut(out).setErr(err);
        line.setParameterExceptionHandler((e, given) -> command.fail(e.getMessage() + " (--help lists the options)"));
        line.setExecutionExceptionHandler((e, failed, parsed) -> {
            if (e instanceof GateException) {
                return command.fail(e.getMessage());
            }
            throw e;
        });
        return line.execute(args);
    }

    private int fail(String message) {
        spec.commandLine().getErr().println(spec.name() + ": " + message);
        return Outcome.ERROR;
    }

    /** An option that makes no sense, to be thrown. */
    final ParameterException mistake(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Fails where the report, or one of the other files, could not be written; null is a file that was not asked for. */
    final void requireWritable(Path... others) {
        List<Path> files = new ArrayList<>(Arrays.asList(others));
        files.add(markdown);
        files.stream().filter(Objects::nonNull).forEach(TextFiles::requireWritable);
    }

    /**
     * Prints the report, writes it to the file that was asked for, then the texts of the other files; null is a file that
     * was not asked for. One that can't be written does not keep the others from it.
     */
    final void publish(String report, Map<Path, String> others) {
        spec.commandLine().getOut().print(report);
        spec.commandLine().getOut().flush();
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(markdown, report);
        files.putAll(others);
        files.remove(null);
        List<String> problems = new ArrayList<>();
        files.forEach((file, text) -> {
            try {
                TextFiles.write(file, text);
            } catch (GateException e) {
                problems.add(e.getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw new GateException(String.join("; ", problems));
        }
    }
}
