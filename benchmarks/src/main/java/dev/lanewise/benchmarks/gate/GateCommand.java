package dev.lanewise.benchmarks.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
            if (e instanceof GateException || e instanceof IOException) {
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

    /** Prints the report, and writes it to the file that was asked for. */
    final void publish(String report) throws IOException {
        spec.commandLine().getOut().print(report);
        spec.commandLine().getOut().flush();
        if (markdown != null) {
            Files.writeString(markdown, report);
        }
    }

    /** Reads a file; the hint goes behind the message that there is none. */
    static String content(Path file, String hint) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new GateException(file + " does not exist" + hint, e);
        }
    }
}
