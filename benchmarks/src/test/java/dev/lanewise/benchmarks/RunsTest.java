package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;

class RunsTest {
    private static final List<Class<?>> BOTH = List.of(MatMulBenchmark.class, AttentionBenchmark.class);

    @Test
    void commandLineWithoutLongLoopsIsOneRun() throws Exception {
        for (String[] arguments : List.of(
                new String[] {"-p", "tokens=128,512"},
                new String[] {"-p", "tokens=2048", "-p", "implementation=VECTOR,VECTOR_PARALLEL"})) {
            Runs runs = new Runs(new CommandLineOptions(arguments), BOTH);
            assertEquals(List.of(), runs.leftOut());
            assertEquals(1, runs.all().size());
        }
    }

    @Test
    void benchmarksBesideTheLadderAreOneRun() throws Exception {
        Runs runs = new Runs(new CommandLineOptions(), List.of(PeakBenchmark.class, BandwidthBenchmark.class));
        assertEquals(List.of(), runs.leftOut());
        assertEquals(1, runs.all().size());
    }

    @Test
    void onlyLongCombinationsOfNaiveAreLeftOut() throws Exception {
        Runs runs = new Runs(new CommandLineOptions("-p", "headDim=64", "-p", "tokens=333,2048"), BOTH);

        assertEquals(
                List.of("AttentionBenchmark leaves NAIVE out, which would take minutes, with headDim=64 tokens=2048"),
                runs.leftOut());
        assertEquals(3, runs.all().size());
        Options rest = runs.all().get(0);
        assertTrue(selects(rest, MatMulBenchmark.class) && !selects(rest, AttentionBenchmark.class));
        Options naive = runs.all().get(1);
        assertTrue(selects(naive, AttentionBenchmark.class) && !selects(naive, MatMulBenchmark.class));
        assertEquals(List.of("NAIVE"), values(naive, "implementation"));
        assertEquals(List.of("333"), values(naive, "tokens"));
        Options others = runs.all().get(2);
        assertTrue(selects(others, AttentionBenchmark.class) && !selects(others, MatMulBenchmark.class));
        assertEquals(List.of("VECTOR", "VECTOR_PARALLEL"), values(others, "implementation"));
        assertEquals(List.of("333", "2048"), values(others, "tokens"));
    }

    @Test
    void everyCombinationThatIsNotLeftOutRunsOnce() throws Exception {
        Runs runs = new Runs(
                new CommandLineOptions("-p", "implementation=NAIVE"),
                List.of(AttentionMaskBenchmark.class, AttentionBenchmark.class));

        List<String> ran = new ArrayList<>();
        for (Options run : runs.all()) {
            if (selects(run, AttentionMaskBenchmark.class)) {
                for (String mask : values(run, "mask")) {
                    values(run, "tokens").forEach(tokens -> ran.add(mask + " " + tokens));
                }
            }
        }
        ran.sort(null);
        assertEquals(List.of("BIAS 333", "CAUSAL 333", "NONE 333", "PADDING 333", "WINDOW 2048", "WINDOW 333"), ran);
        assertTrue(runs.leftOut().getFirst().contains("mask=CAUSAL tokens=2048"), runs.leftOut().getFirst());
    }

    @Test
    void nothingRunsWhereAllIsLeftOut() throws Exception {
        Runs runs = new Runs(
                new CommandLineOptions("-p", "implementation=NAIVE", "-p", "tokens=2048"),
                List.of(AttentionBenchmark.class));
        assertEquals(List.of(), runs.all());
        assertEquals(1, runs.leftOut().size());
    }

    @Test
    void valuesThatAreNoneAreLeftToJmh() throws Exception {
        Runs runs = new Runs(new CommandLineOptions("-p", "tokens=many"), List.of(AttentionBenchmark.class));
        assertEquals(List.of(), runs.leftOut());
        assertEquals(1, runs.all().size());
    }

    private static boolean selects(Options run, Class<?> benchmark) {
        String name = benchmark.getName() + ".forward";
        return run.getExcludes().stream().noneMatch(regex -> Pattern.compile(regex).matcher(name).find());
    }

    private static List<String> values(Options run, String param) {
        Collection<String> values = run.getParameter(param).get();
        return List.copyOf(values);
    }
}
