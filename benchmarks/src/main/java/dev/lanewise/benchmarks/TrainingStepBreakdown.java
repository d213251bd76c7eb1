package dev.lanewise.benchmarks;

import dev.lanewise.Engine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Where the time of a training step goes: runs the very step that {@link TrainingStepBenchmark} measures under the JVM's
 * flight recorder, which samples the stacks of its threads, and sorts the samples by the operation of the engine that they
 * are in.
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints \
 *     -cp benchmarks/target/benchmarks.jar dev.lanewise.benchmarks.TrainingStepBreakdown --threads 1
 * </pre>
 *
 * <p>Times are milliseconds a step, all threads together; the GFLOP/s of products and attention are those of a thread. A
 * sample is one in {@code --period} milliseconds: with the 1,500 of the default a share of 10 % is known to within 1 %.
 */
@Command(
        name = "TrainingStepBreakdown", mixinStandardHelpOptions = true,
        description = "Shows where the time of a training step goes.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "2:wrong arguments", "4:the heap is too small for the batch"})
public final class TrainingStepBreakdown implements Callable<Integer> {
    private static final String SAMPLE = "jdk.ExecutionSample";

    @Option(names = "--threads", defaultValue = "1", description = "threads of the engine (${DEFAULT-VALUE})")
    private int threads;

    @Option(names = "--seconds", defaultValue = "15", description = "how long to sample (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "10", description = "seconds of steps before (${DEFAULT-VALUE})")
    private int warmUp;

    @Option(names = "--period", defaultValue = "10", description = "milliseconds between samples (${DEFAULT-VALUE})")
    private int period;

    @Option(names = "--batch", defaultValue = "32", description = "sequences (${DEFAULT-VALUE})")
    private int batch;

    @Option(names = "--tokens", defaultValue = "256", description = "tokens of a sequence (${DEFAULT-VALUE})")
    private int tokens;

    @Option(names = "--frames", defaultValue = "0", description = "innermost methods to list (${DEFAULT-VALUE})")
    private int frames;

    private final PrintStream out;

    private TrainingStepBreakdown(PrintStream out) {
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
        return new CommandLine(new TrainingStepBreakdown(out)).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        if (threads < 1 || seconds < 1 || warmUp < 0 || period < 1 || batch < 1 || tokens < 1) {
            System.err.println(
                    "--threads, --seconds, --period, --batch and --tokens must be at least 1, --warm-up at least 0");
            return 2;
        }
        TrainingStep.Sizes usual = TrainingStep.Sizes.USUAL;
        TrainingStep.Sizes sizes = new TrainingStep.Sizes(
                usual.layers(), usual.modelDim(), usual.heads(), usual.feedForwardDim(), batch, tokens);
        String words = batch + " sequences of " + tokens + " tokens";
        if (sizes.largestArray() > Integer.MAX_VALUE) {
            System.err.println(
                    words + " have " + String.format(Locale.ROOT, "%.0f", sizes.largestArray())
                            + " elements in an array, which holds 2^31 - 1: lower --batch or --tokens");
            return 2;
        }
        Optional<String> refusal = HeapCheck.refusal("a step of " + words, sizes.bytes(threads));
        if (refusal.isPresent()) {
            System.err.println(refusal.get());
            return HeapCheck.TOO_SMALL;
        }
        Path file = Files.createTempFile("training-step", ".jfr");
        try (Engine engine = Engine.builder().threads(threads).build(); Recording recording = new Recording()) {
            TrainingStep step = new TrainingStep(sizes);
            // Short steps first: kernels that are compiled in the middle of a long call stay slow for as long as it runs.
            repeat(warmUp * 0.5, () -> step.run(engine, 1, Math.min(tokens, 21)));
            repeat(warmUp * 0.5, () -> step.run(engine));
            recording.enable(SAMPLE).withPeriod(Duration.ofMillis(period));
            recording.start();
            double[] millis = repeat(seconds, () -> step.run(engine));
            recording.stop();
            recording.dump(file);
            report(sizes, millis, samples(file));
        } finally {
            Files.deleteIfExists(file);
        }
        return 0;
    }

    /** Runs the step for some time; the milliseconds of each. */
    private static double[] repeat(double seconds, Runnable step) {
        double[] millis = new double[16];
        int count = 0;
        long start = System.nanoTime();
        for (long now = start; now - start < seconds * 1e9;) {
            step.run();
            long end = System.nanoTime();
            if (count == millis.length) {
                millis = Arrays.copyOf(millis, 2 * count);
            }
            millis[count++] = (end - now) * 1e-6;
            now = end;
        }
        return Arrays.copyOf(millis, count);
    }

    private Map<String, Integer> samples(Path file) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, Integer> innermost = new TreeMap<>();
        try (RecordingFile recorded = new RecordingFile(file)) {
            while (recorded.hasMoreEvents()) {
                RecordedEvent event = recorded.readEvent();
                if (!event.getEventType().getName().equals(SAMPLE) || event.getStackTrace() == null) {
                    continue;
                }
                List<RecordedFrame> stack = event.getStackTrace().getFrames();
                List<String> methods = stack.stream()
                        .map(f -> f.getMethod().getType().getName() + "." + f.getMethod().getName()).toList();
                String operation = StepOperation.of(methods).words();
                counts.merge(operation, 1, Integer::sum);
                innermost.merge(operation + ": " + methods.stream().filter(m -> m.startsWith("dev.lanewise."))
                        .findFirst().orElse(methods.getFirst()), 1, Integer::sum);
            }
        }
        innermost.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed()).limit(frames)
                .forEach(e -> out.println(e.getValue() + " " + e.getKey()));
        return counts;
    }

    private void report(TrainingStep.Sizes sizes, double[] millis, Map<String, Integer> counts) {
        double mean = Arrays.stream(millis).average().orElseThrow();
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        double flops = sizes.productFlops() + sizes.attentionFlops();
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        out.printf(
                "%d layers, modelDim %d, %d heads, feed-forward %d, batch %d x %d tokens, %d threads%n", sizes.layers(),
                sizes.modelDim(), sizes.heads(), sizes.feedForwardDim(), sizes.batch(), sizes.seqLen(), threads);
        out.printf(
                "median %.1f ms, mean %.1f ms, fastest %.1f ms of %d steps; %.1f GFLOP/s, %.0f tokens/s; %d samples%n%n",
                median, mean, sorted[0],
                millis.length, flops / median * 1e-6, sizes.tokens() / median * 1e3, all);
        out.println("| operation | ms | share | GFLOP/s of a thread |");
        out.println("|---|---:|---:|---:|");
        for (StepOperation operation : StepOperation.values()) {
            int count = counts.getOrDefault(operation.words(), 0);
            double ms = mean * threads * count / Math.max(1, all);
            double rate = operation.flops(sizes) / ms * 1e-6;
            if (count > 0) {
                out.printf(
                        "| %s | %.1f | %.1f %% | %s |%n", operation.words(), ms, 100.0 * count / all,
                        operation.flops(sizes) > 0 ? String.format("%.0f", rate) : "");
            }
        }
    }
}
