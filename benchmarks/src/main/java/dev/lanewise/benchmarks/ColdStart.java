package dev.lanewise.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * How long a program waits for its first product, and for full speed: starts fresh JVMs that multiply two square matrices
 * again and again, with and without warming the kernels first, in turns, and prints medians.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar dev.lanewise.benchmarks.ColdStart --size 1024 --starts 7
 * </pre>
 *
 * <p>Times are in milliseconds. Those from the start count from the moment in which the parent starts the process, so they
 * hold the JVM's own start, the loading of classes and the making of operands. A good result: the first call after a
 * warm-up takes no longer than any other. JVM options to be compared follow {@code --}.
 */
@Command(
        name = "ColdStart", mixinStandardHelpOptions = true,
        description = "Times the first product of fresh JVMs, and the way to full speed.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "2:wrong arguments", "3:a JVM did not measure, and said why",
            "4:the heap is too small for the matrices"})
public final class ColdStart implements Callable<Integer> {
    /** A JVM ended without a result. */
    static final int NOT_MEASURED = 3;

    /** Beyond it a matrix has more elements than an array. */
    private static final int MOST_SIZE = 46_340;

    @Option(names = "--size", defaultValue = "1024",
            description = "rows and columns of both matrices (${DEFAULT-VALUE})")
    private int size;

    @Option(names = "--threads", defaultValue = "1", description = "threads of the engine (${DEFAULT-VALUE})")
    private int threads;

    @Option(names = "--starts", defaultValue = "5", description = "fresh JVMs for each row (${DEFAULT-VALUE})")
    private int starts;

    @Option(
            names = "--class-path", paramLabel = "PATH",
            description = "class path of the JVMs instead of this one's, to compare two builds")
    private String classPath = System.getProperty("java.class.path");

    @Parameters(paramLabel = "OPTION", description = "options of the JVMs")
    private List<String> options = List.of();

    private final PrintStream out;

    private ColdStart(PrintStream out) {
        this.out = out;
    }

    /**
     * The program.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    /** The program, without ending the JVM. */
    static int run(PrintStream out, String... args) {
        return new CommandLine(new ColdStart(out)).execute(args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (size < 1 || size > MOST_SIZE || threads < 1 || starts < 1) {
            System.err.println(
                    "--size must be in 1.." + MOST_SIZE + ", and --threads and --starts must be at least 1");
            return 2;
        }
        Map<FirstProducts.WarmUp, List<FirstProducts.Times>> times = new EnumMap<>(FirstProducts.WarmUp.class);
        for (int start = 0; start < starts; start++) {
            for (FirstProducts.WarmUp warmUp : FirstProducts.WarmUp.values()) {
                try {
                    times.computeIfAbsent(warmUp, key -> new ArrayList<>()).add(start(warmUp));
                } catch (ChildFailure e) {
                    if (e.exitCode == NOT_MEASURED) {
                        System.err.println(e.getMessage());
                    }
                    return e.exitCode;
                }
            }
        }
        out.printf(
                "%d x %d x %d, %d threads, medians of %d starts, ms%n%n", size, size, size, threads, starts);
        out.println(
                "| warm-up | engine made | warm-up takes | first call takes | first call done, from start"
                        + " | 90 % of final speed, from start | calls until then | GFLOP/s at last |");
        out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
        times.forEach(
                (warmUp, all) -> out.printf(
                        "| %s | %.0f | %.0f | %.1f | %.0f | %.0f | %.0f | %.0f |%n", warmUp.words(),
                        median(all, FirstProducts.Times::engine), median(all, FirstProducts.Times::warmUp),
                        median(all, FirstProducts.Times::firstCall), median(all, FirstProducts.Times::firstDone),
                        median(all, FirstProducts.Times::fast), median(all, FirstProducts.Times::callsUntilFast),
                        median(all, FirstProducts.Times::gflops)));
        return 0;
    }

    private FirstProducts.Times start(FirstProducts.WarmUp warmUp)
            throws IOException, InterruptedException, ChildFailure {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, FirstProducts.class.getName()));
        command.addAll(List.of(warmUp.name(), String.valueOf(size), String.valueOf(threads)));
        command.add(String.valueOf(System.currentTimeMillis()));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            Properties printed = new Properties();
            printed.load(process.inputReader(StandardCharsets.UTF_8));
            int exitCode = process.waitFor();
            Optional<FirstProducts.Times> times = FirstProducts.Times.read(printed);
            if (exitCode != 0 || times.isEmpty()) {
                throw new ChildFailure(exitCode);
            }
            return times.get();
        } finally {
            process.destroyForcibly();
        }
    }

    private static double median(List<FirstProducts.Times> times, ToDoubleFunction<FirstProducts.Times> value) {
        double[] sorted = times.stream().mapToDouble(value).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** A JVM ended without a result; it has said why itself, where it could. */
    private static final class ChildFailure extends Exception {
        private static final long serialVersionUID = 1L;

        private final int exitCode;

        ChildFailure(int exitCode) {
            super("nothing is measured: a JVM ended without a result, with exit code " + exitCode);
            this.exitCode = exitCode == HeapCheck.TOO_SMALL ? exitCode : NOT_MEASURED;
        }
    }
}
