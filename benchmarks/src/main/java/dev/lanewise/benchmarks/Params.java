package dev.lanewise.benchmarks;

import java.lang.reflect.Field;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Param;

/** The parameters of a benchmark class, as JMH reads and sets them. */
final class Params {
    static final String IMPLEMENTATION = "implementation";

    private Params() {}

    /** The parameters in the order of their names, but for the rung of the ladder. */
    static List<Field> of(Class<?> benchmark) {
        return Stream.of(benchmark.getFields())
                .filter(f -> f.isAnnotationPresent(Param.class) && !f.getName().equals(IMPLEMENTATION))
                .sorted(Comparator.comparing(Field::getName)).toList();
    }

    /** The values that a parameter has where the command line names none. */
    static List<String> defaults(Field param) {
        return List.of(param.getAnnotation(Param.class).value());
    }

    /** Sets a parameter; throws IllegalArgumentException for a text that is no value of it. */
    static void set(LadderBenchmark benchmark, Field param, String text) throws IllegalAccessException {
        param.set(
                benchmark,
                param.getType() == int.class
                        ? Integer.valueOf(text)
                        : Stream.of(param.getType().getEnumConstants())
                                .filter(each -> ((Enum<?>) each).name().equals(text)).findFirst()
                                .orElseThrow(() -> new IllegalArgumentException(text)));
    }
}
