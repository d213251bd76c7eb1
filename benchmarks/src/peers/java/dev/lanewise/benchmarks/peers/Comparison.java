package dev.lanewise.benchmarks.peers;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Compares matrix products, and parts of a transformer, with other libraries: all in one JVM, in turns of some milliseconds, over the same arrays. It
 * starts itself again as a child process, since libraries read their number of threads from the environment.
 */
@Command(
        name = "Comparison",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Compares the speed of the engine with other libraries, in turns within one JVM.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:nothing could be measured", "2:wrong arguments",
            "3:the heap is too small for a task"})
public final class Comparison implements Callable<Integer> {
    private static final String CHILD = "--child";
    private static final int HEAP_TOO_SMALL = 3;

    @Parameters(
            paramLabel = "TASK",
            defaultValue = "64 128 256 512 768 1024 2048",
            split = " ",
            description = {
                "512 is square; 8192x128x512 is m x k x n; 512*256x32x256 is a batch of 512.",
                ":NT, :TN or :TT behind it store operands transposed.",
                "attention:1x8x512x64 is batch, heads, tokens, headDim, with :causal behind it masked; softmax:1024x512 and"
                        + " layernorm:1024x512 are rows, columns; gelu:65536 is elements. With -training behind the name: forward"
                        + " and backward. Default: ${DEFAULT-VALUE}"
            })
    private List<String> tasks;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "Threads of each. Default: 1")
    private int threads;

    @Option(
            names = "--peers",
            paramLabel = "NAME",
            split = ",",
            description = "Which libraries, such as OPENBLAS,MKL. Default: all that this build has.")
    private List<String> names;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "41", description = "Rounds. Default: 41")
    private int rounds;

    @Option(
            names = "--block-millis",
            paramLabel = "N",
            defaultValue = "10",
            description = "About how long a turn takes. Default: 10")
    private int blockMillis;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Writes the report to a file, too.")
    private Path markdown;

    @Option(names = "--heap", paramLabel = "SIZE", defaultValue = "4g", description = "Heap of the JVM. Default: 4g")
    private String heap;

    @Option(
            names = "--jvm-arg",
            paramLabel = "ARG",
            description = "Goes to the JVM that measures, such as -XX:MaxVectorSize=32. May be repeated.")
    private List<String> jvmArguments = List.of();

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = "Sets a variable for native libraries, such as GOMP_SPINCOUNT=0. May be repeated.")
    private Map<String, String> environment = Map.of();

    @Option(names = CHILD, hidden = true)
    private boolean child;

    @Spec
    private CommandSpec spec;

    private Comparison() {}

    /**
     * Compares.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(run(new PrintWriter(System.err, true), arguments));
    }

    /** The program, without ending the JVM. */
    static int run(PrintWriter err, String... arguments) {
        return new CommandLine(new Comparison()).setErr(err).execute(arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Task> parsed = check();
        NativeEnvironment.choose(environment);
        if (!child) {
            return relaunch();
        }
        PrintWriter out = spec.commandLine().getOut();
        Report report = new Report(out);
        try (LanewisePeer lanewise = new LanewisePeer()) {
            List<Contender> contenders = contenders(lanewise);
            if (contenders.size() == 1) {
                spec.commandLine().getErr().println("There is no library to compare with.");
                return 1;
            }
            Match match = new Match(contenders, threads, rounds, blockMillis * 1_000_000L, this::skip);
            report.start(contenders, threads, rounds, blockMillis);
            for (Task task : parsed) {
                try {
                    report.add(task, match.play(task));
                } catch (OutOfMemoryError e) {
                    // How much the libraries take besides the operands is theirs to know: the heap is tried.
                    spec.commandLine().getErr()
                            .println("'" + task.text() + "' does not fit into a heap of " + heap + ": raise --heap");
                    return HEAP_TOO_SMALL;
                }
            }
        } finally {
            if (markdown != null) {
                Files.writeString(markdown, report.text());
            }
        }
        return 0;
    }

    private List<Task> check() {
        if (threads < 1 || rounds < 1 || blockMillis < 1) {
            throw wrong("--threads, --rounds and --block-millis have to be at least 1");
        }
        if (!heap.matches("[1-9]\\d*[kKmMgGtT]?")) {
            throw wrong("--heap " + heap + ": write a number and m or g, such as 4g");
        }
        List<String> known = Peers.all().stream().map(Peer::name).toList();
        for (String name : names == null ? List.<String>of() : names) {
            if (!known.contains(name)) {
                throw wrong("--peers " + name + ": this build has " + String.join(", ", known));
            }
        }
        checkMarkdown();
        try {
            return tasks.stream().<Task>map(Task::parse).toList();
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    /** That the report can be written, before minutes are spent on it. */
    private void checkMarkdown() {
        if (markdown == null) {
            return;
        }
        Path folder = markdown.toAbsolutePath().getParent();
        if (Files.isDirectory(markdown) || folder == null || !Files.isDirectory(folder)
                || !Files.isWritable(Files.exists(markdown) ? markdown : folder)) {
            throw wrong("--markdown " + markdown + " can't be written: name a file in a folder that there is");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private List<Contender> contenders(LanewisePeer lanewise) {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(new Contender(lanewise, lanewise.load(threads), threads));
        for (Peer peer : Peers.all()) {
            if (names != null && !names.contains(peer.name())) {
                continue;
            }
            try {
                contenders.add(new Contender(peer, peer.load(threads), threads));
            } catch (PeerException e) {
                skip(e);
            }
        }
        return contenders;
    }

    private void skip(PeerException e) {
        spec.commandLine().getErr().println(e.getMessage());
        spec.commandLine().getErr().flush();
    }

    private int relaunch() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow", "-Xms" + heap, "-Xmx" + heap));
        command.addAll(jvmArguments);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Comparison.class.getName(), CHILD));
        command.addAll(spec.commandLine().getParseResult().originalArgs());
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        NativeEnvironment.prepare(builder.environment(), threads);
        return builder.start().waitFor();
    }
}
