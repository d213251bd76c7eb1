package dev.lanewise.benchmarks;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Defaults;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The runs of JMH that a command line comes to. JMH combines all values of all parameters, so a benchmark that has a
 * {@link NaiveLimit} within them becomes several runs, none of which holds a combination that would take minutes.
 */
final class Runs {
    private final Options asked;
    private final List<Options> all = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    /** Plans the runs of the given benchmark classes, which are those that the includes and excludes select. */
    Runs(Options asked, Collection<Class<?>> selected) throws ReflectiveOperationException {
        this.asked = asked;
        OptionsBuilder rest = builder();
        List<Options> apart = new ArrayList<>();
        int split = 0;
        for (Class<?> type : selected) {
            List<Map<String, List<String>>> boxes = new ArrayList<>();
            List<String> refused = new ArrayList<>();
            if (!NaiveLimit.class.isAssignableFrom(type)) {
                continue;
            }
            List<String> implementations = values(type.getField(Params.IMPLEMENTATION));
            if (implementations.contains(Ladder.NAIVE.name())) {
                Map<String, List<String>> box = new LinkedHashMap<>();
                Params.of(type).forEach(param -> box.put(param.getName(), values(param)));
                cut(type, box, boxes, refused);
            }
            if (refused.isEmpty()) {
                continue;
            }
            split++;
            rest.exclude("^" + Pattern.quote(type.getName() + "."));
            boxes.forEach(box -> apart.add(only(type, List.of(Ladder.NAIVE.name()), box)));
            List<String> others = implementations.stream().filter(i -> !i.equals(Ladder.NAIVE.name())).toList();
            if (!others.isEmpty()) {
                apart.add(only(type, others, Map.of()));
            }
            leftOut.add(
                    type.getSimpleName() + " leaves NAIVE out, which would take minutes, with "
                            + String.join("; ", refused));
        }
        if (split < selected.size()) {
            all.add(rest.build());
        }
        all.addAll(apart);
    }

    private OptionsBuilder builder() {
        OptionsBuilder builder = new OptionsBuilder();
        builder.parent(asked);
        return builder;
    }

    private Options only(Class<?> type, List<String> implementations, Map<String, List<String>> box) {
        ChainedOptionsBuilder builder = builder().exclude("^(?!" + Pattern.quote(type.getName() + ".") + ")")
                .param(Params.IMPLEMENTATION, implementations.toArray(String[]::new));
        box.forEach((name, values) -> builder.param(name, values.toArray(String[]::new)));
        return builder.build();
    }

    private List<String> values(Field param) {
        return List.copyOf(asked.getParameter(param.getName()).orElse(Params.defaults(param)));
    }

    /** Cuts a box of parameter values until no part holds both what runs and what is left out. Whether one does. */
    private static boolean cut(
            Class<?> type, Map<String, List<String>> box, List<Map<String, List<String>>> boxes, List<String> refused)
            throws ReflectiveOperationException {
        String name = box.keySet().stream().filter(param -> box.get(param).size() > 1).findFirst().orElse(null);
        if (name == null) {
            boolean takesMinutes = takesMinutes(type, box);
            if (takesMinutes) {
                refused.add(
                        String.join(
                                " ", box.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue().getFirst())
                                        .toList()));
            } else {
                boxes.add(box);
            }
            return takesMinutes;
        }
        List<Map<String, List<String>>> parts = new ArrayList<>();
        boolean any = false;
        for (String value : box.get(name)) {
            Map<String, List<String>> part = new LinkedHashMap<>(box);
            part.put(name, List.of(value));
            any |= cut(type, part, parts, refused);
        }
        boxes.addAll(any ? parts : List.of(box));
        return any;
    }

    private static boolean takesMinutes(Class<?> type, Map<String, List<String>> box)
            throws ReflectiveOperationException {
        LadderBenchmark benchmark = (LadderBenchmark) type.getConstructor().newInstance();
        try {
            for (Field param : Params.of(type)) {
                Params.set(benchmark, param, box.get(param.getName()).getFirst());
            }
        } catch (IllegalArgumentException e) {
            return false; // JMH says what is wrong with the value.
        }
        return ((NaiveLimit) benchmark).naiveTakesMinutes();
    }

    /** A line for each benchmark that something of is left out. */
    List<String> leftOut() {
        return leftOut;
    }

    /** The options of each run. */
    List<Options> all() {
        return all;
    }

    /** Runs all, and writes their results as if it had been one. */
    void run() throws RunnerException, IOException {
        boolean toFile = asked.getOutput().hasValue();
        try (PrintStream out = toFile ? new PrintStream(new FileOutputStream(asked.getOutput().get())) : null) {
            PrintStream stream = toFile ? out : System.out;
            OutputFormat format = OutputFormatFactory
                    .createFormatInstance(stream, asked.verbosity().orElse(Defaults.VERBOSITY));
            List<RunResult> results = new ArrayList<>();
            for (Options options : all) {
                results.addAll(new Runner(options, format).run());
            }
            stream.println();
            ResultFormatFactory.getInstance(ResultFormatType.TEXT, stream).writeOut(results);
            if (asked.getResult().hasValue() || asked.getResultFormat().hasValue()) {
                ResultFormatType type = asked.getResultFormat().orElse(Defaults.RESULT_FORMAT);
                String file = asked.getResult()
                        .orElse(Defaults.RESULT_FILE_PREFIX + "." + type.toString().toLowerCase(Locale.ROOT));
                ResultFormatFactory.getInstance(type, file).writeOut(results);
            }
        }
    }
}
