package dev.lanewise.examples.imdb.cli;

import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.training.TrainingListener;
import dev.lanewise.examples.imdb.training.TrainingProgress;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program: {@code imdb train | evaluate | predict}. Ends with 0 when all went well, with 2 and one line for a mistake
 * the user can mend, and with 1 for an error of the program's own.
 */
@Command(name = "imdb", description = "A transformer that tells good film reviews from bad ones, trained from scratch.",
        mixinStandardHelpOptions = true, versionProvider = Version.class, usageHelpAutoWidth = true, subcommands = {
            TrainCommand.class, EvaluateCommand.class,
            PredictCommand.class},
        synopsisSubcommandLabel = "VERB", commandListHeading = "%nVerbs:%n", footer = {"",
            "imdb VERB --help shows a verb's options.",
            "Exit codes: 0 fine, 2 a mistake in the call or its data, 1 an error of the program."})
public final class Imdb implements Runnable {

    static final int OK = 0;
    static final int INTERNAL = 1;
    static final int USER_MISTAKE = 2;

    /** Where {@code train} writes and the other verbs look, if not told otherwise. */
    static final Path DEFAULT_RUN = Path.of("runs", "imdb");

    /** What Java puts for bytes of the command line that the locale's encoding does not know. */
    static final char UNKNOWN_CHARACTER = '\uFFFD';

    static final String LOCALE_ADVICE = "set the locale to UTF-8, as with LC_ALL=C.UTF-8";

    private final Operations operations;
    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    Imdb(Operations operations, Surroundings surroundings) {
        this.operations = operations;
        this.surroundings = surroundings;
    }

    /**
     * What the program reads from and writes to.
     *
     * @param in standard input
     * @param out results
     * @param err all else
     * @param interactive whether a person types at {@code in}
     * @param listener follows trainings
     */
    record Surroundings(
            InputStream in, PrintWriter out, PrintWriter err, boolean interactive, TrainingListener listener) {}

    /**
     * Runs the program and ends the process with its exit code.
     *
     * @param args a verb and its options; {@code --help} lists them
     */
    public static void main(String... args) {
        boolean interactive = System.console() != null && System.console().isTerminal();
        Surroundings surroundings = new Surroundings(
                System.in,
                new PrintWriter(System.out, true),
                new PrintWriter(System.err, true),
                interactive,
                TrainingProgress.onStandardError());
        System.exit(run(new ImdbOperations(), surroundings, args));
    }

    /** Runs the program once and tells its exit code. */
    static int run(Operations operations, Surroundings surroundings, String... args) {
        CommandLine line = new CommandLine(new Imdb(operations, surroundings))
                .setOut(surroundings.out())
                .setErr(surroundings.err())
                .registerConverter(Path.class, Imdb::path)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Imdb::explainArguments)
                .setExecutionExceptionHandler((failure, verb, parsed) -> explain(failure, verb));
        int code;
        try {
            code = line.execute(args);
            if (code == OK) {
                requireWritten(surroundings.out());
            }
        } catch (ImdbException | Error e) {
            code = explain(e, verb(line));
        }
        surroundings.out().flush();
        surroundings.err().flush();
        return code;
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            String advice = name.chars().allMatch(c -> c < 128) ? "check its characters" : LOCALE_ADVICE;
            throw new TypeConversionException("'" + name + "' cannot be a path (" + e.getReason() + "): " + advice);
        }
    }

    /** A writer swallows its errors: a full disk or a closed pipe would pass for results that were written. */
    private static void requireWritten(PrintWriter out) {
        if (out.checkError()) {
            throw new ImdbException(
                    "standard output could not be written; check the disk or the program that reads it");
        }
    }

    /** The verb that ran, or the program itself where it did not come to that. */
    private static CommandLine verb(CommandLine line) {
        CommandLine.ParseResult parsed = line.getParseResult();
        return parsed == null || !parsed.hasSubcommand() ? line : parsed.subcommand().commandSpec().commandLine();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: train, evaluate or predict");
    }

    Operations operations() {
        return operations;
    }

    TrainingListener listener() {
        return surroundings.listener();
    }

    InputStream in() {
        return surroundings.in();
    }

    PrintWriter out() {
        return surroundings.out();
    }

    /** Writes out what was printed so far; an {@link ImdbException} where that is not possible. */
    void flush() {
        requireWritten(surroundings.out());
    }

    PrintWriter err() {
        return surroundings.err();
    }

    boolean interactive() {
        return surroundings.interactive();
    }

    private static int explainArguments(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        StringBuilder message = new StringBuilder(oneLine(e.getMessage()));
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()) {
            message.append("; did you mean ").append(String.join(" or ", unmatched.getSuggestions())).append('?');
        }
        String name = line.getCommandSpec().qualifiedName();
        line.getErr().println(name + ": " + message + "; " + name + " --help lists what there is");
        return USER_MISTAKE;
    }

    private static int explain(Throwable e, CommandLine line) {
        String name = line.getCommandSpec().qualifiedName();
        Common common = line.getCommandSpec().mixins().get("common") == null
                ? new Common()
                : (Common) line.getCommandSpec().mixins().get("common").userObject();
        if (common.verbose()) {
            e.printStackTrace(line.getErr());
        }
        String mistake = e instanceof OutOfMemoryError ? tooLittleMemory(line) : mistake(e);
        if (mistake != null) {
            line.getErr().println(name + ": " + oneLine(mistake));
            return USER_MISTAKE;
        }
        line.getErr().println(name + ": internal error: " + oneLine(e.toString())
                + (common.verbose() ? "" : "; run it again with --verbose for the details"));
        return INTERNAL;
    }

    /** The line for a mistake that the user can mend; null for an error of the program. */
    private static String mistake(Throwable e) {
        return switch (e) {
            case ImdbException known -> known.getMessage();
            case UncheckedIOException wrapped -> mistake(wrapped.getCause());
            case NoSuchFileException missing -> missing.getFile() + ": no such file or folder; check the path";
            case AccessDeniedException denied ->
                denied.getFile() + ": permission denied; check the rights or name another";
            case FileSystemException file -> file.getFile() + ": "
                    + (file.getReason() == null ? "cannot be used" : file.getReason()) + "; check path and disk";
            case IOException io -> "reading or writing failed: " + io.getMessage() + "; check disk and network";
            default -> null;
        };
    }

    private static String tooLittleMemory(CommandLine line) {
        boolean batches = line.getCommandSpec().optionsMap().containsKey("--batch-size");
        return "not enough memory: " + (Runtime.getRuntime().maxMemory() >> 20)
                + " MB are allowed; raise -Xmx in the java command" + (batches ? " or lower --batch-size" : "");
    }

    private static String oneLine(String text) {
        return text == null ? "no message" : text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
