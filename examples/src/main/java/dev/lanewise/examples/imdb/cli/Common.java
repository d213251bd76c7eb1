package dev.lanewise.examples.imdb.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that all verbs have. */
@Command(mixinStandardHelpOptions = true, sortOptions = false, usageHelpAutoWidth = true,
        versionProvider = Version.class)
final class Common {

    private static final int MAX_THREADS = 1024;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--threads", paramLabel = "N",
            description = "Threads to compute on; the figures do not depend on it (default: ${DEFAULT-VALUE}).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = {"-v", "--verbose"}, description = "Show the stack trace of an error.")
    private boolean verbose;

    int threads() {
        return ranges().check("--threads", threads, 1, MAX_THREADS);
    }

    boolean verbose() {
        return verbose || Boolean.getBoolean("imdb.debug");
    }

    Ranges ranges() {
        return new Ranges(spec);
    }
}
