package dev.lanewise.benchmarks;

import dev.lanewise.benchmarks.peers.PeerException;
import dev.lanewise.benchmarks.peers.Peers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * JMH's own command line, except that the parameters are looked at first: an {@code implementation} that this build or this
 * machine doesn't have, and sizes for which plain loops would take minutes, are left out with a line that says so, rather
 * than failing in every fork.
 */
public final class Main {
    private static final String OPTION = "-p";
    private static final String PARAMETER = "implementation=";

    private Main() {}

    /**
     * Runs benchmarks.
     *
     * @param arguments those of JMH
     * @throws IOException if JMH can't write
     * @throws ReflectiveOperationException if a benchmark can't be made
     */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        List<String> kept = new ArrayList<>();
        int asked = 0;
        int left = 0;
        for (int i = 0; i < arguments.length; i++) {
            boolean apart = arguments[i].equals(OPTION) && i + 1 < arguments.length;
            String value = apart ? arguments[i + 1] : arguments[i].startsWith(OPTION) ? arguments[i].substring(2) : "";
            if (!value.startsWith(PARAMETER)) {
                kept.add(arguments[i]);
                continue;
            }
            i += apart ? 1 : 0;
            List<String> all = List.of(value.substring(PARAMETER.length()).split(","));
            List<String> runnable = all.stream().filter(Main::runs).toList();
            asked += all.size();
            left += runnable.size();
            if (!runnable.isEmpty()) {
                kept.add(OPTION);
                kept.add(PARAMETER + String.join(",", runnable));
            }
        }
        if (asked > 0 && left == 0) {
            System.exit(1);
        }
        run(kept.toArray(String[]::new));
    }

    private static void run(String... arguments) throws IOException, ReflectiveOperationException {
        Optional<Runs> runs = plan(arguments);
        if (runs.isEmpty() || runs.get().leftOut().isEmpty()) {
            org.openjdk.jmh.Main.main(arguments);
            return;
        }
        runs.get().leftOut().forEach(System.err::println);
        if (runs.get().all().isEmpty()) {
            System.exit(1);
        }
        try {
            runs.get().run();
        } catch (RunnerException e) {
            System.err.println("ERROR: " + e.getMessage());
            System.exit(1);
        }
    }

    /** The runs; empty where there are none, since a list or help is asked for, or since the options are wrong. */
    private static Optional<Runs> plan(String... arguments) throws ReflectiveOperationException {
        CommandLineOptions options;
        try {
            options = new CommandLineOptions(arguments);
        } catch (CommandLineOptionException e) {
            return Optional.empty(); // JMH says what is wrong.
        }
        if (options.shouldHelp() || options.shouldList() || options.shouldListWithParams()
                || options.shouldListProfilers() || options.shouldListResultFormats()) {
            return Optional.empty();
        }
        Set<Class<?>> selected = new LinkedHashSet<>();
        List<String> includes = options.getIncludes().isEmpty() ? List.of(".*") : options.getIncludes();
        OutputFormat quiet = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        for (BenchmarkListEntry entry : BenchmarkList.defaultList().find(quiet, includes, options.getExcludes())) {
            selected.add(Class.forName(entry.getUserClassQName()));
        }
        return Optional.of(new Runs(options, selected));
    }

    private static boolean runs(String implementation) {
        if (Ladder.find(implementation).isPresent()) {
            return true;
        }
        try {
            Peers.find(implementation).load(Peers.threads(implementation));
            return true;
        } catch (PeerException e) {
            System.err.println(e.getMessage());
            return false;
        }
    }
}
