package dev.lanewise.benchmarks.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a benchmark was run, as JMH recorded it. Two results are comparable where it is the same.
 *
 * @param vmVersion version of the Java runtime, or {@code unknown}
 * @param jvmArgs options of the forked JVMs
 * @param threads that called it
 */
record Setting(String vmVersion, List<String> jvmArgs, int threads) {
    private static final String VECTOR_BYTES = "-XX:MaxVectorSize=";
    private static final String AVX = "-XX:UseAVX=";

    /** What is different of two settings, in words; empty where nothing is. */
    static List<String> differences(String name, Setting a, String otherName, Setting b) {
        List<String> differences = new ArrayList<>();
        if (!a.vmVersion.equals(b.vmVersion)) {
            differences.add(name + " ran on Java " + a.vmVersion + ", " + otherName + " on " + b.vmVersion);
        }
        if (!a.jvmArgs.equals(b.jvmArgs)) {
            differences
                    .add(name + " ran with the options " + a.without(b) + ", " + otherName + " with " + b.without(a));
        }
        if (a.threads != b.threads) {
            differences.add(name + " was called by " + a.threads + " threads, " + otherName + " by " + b.threads);
        }
        return differences;
    }

    /** The options that the other has not; all of them where it has others only in number or order. */
    private List<String> without(Setting other) {
        boolean sameSet = jvmArgs.containsAll(other.jvmArgs) && other.jvmArgs.containsAll(jvmArgs);
        return sameSet ? jvmArgs : jvmArgs.stream().filter(option -> !other.jvmArgs.contains(option)).toList();
    }

    /** The options that set the vector width, as they were given; empty where none was. */
    String widthOptions() {
        List<String> options = new ArrayList<>();
        last(VECTOR_BYTES).ifPresent(bytes -> options.add(VECTOR_BYTES + bytes));
        last(AVX).ifPresent(level -> options.add(AVX + level));
        return String.join(" ", options);
    }

    /** The vector width in bits that these options ask for: JMH does not record the width itself. Empty where none does. */
    OptionalInt width() {
        OptionalInt bytes = number(VECTOR_BYTES);
        OptionalInt level = number(AVX);
        if (bytes.isEmpty() && level.isEmpty()) {
            return OptionalInt.empty();
        }
        // Level 1 has 256 bits for floats, but the Vector API prefers a width that all element types have.
        int byLevel = level.isEmpty() || level.getAsInt() >= 3 ? 512 : level.getAsInt() == 2 ? 256 : 128;
        return OptionalInt.of(Math.min(byLevel, 8 * bytes.orElse(byLevel / 8)));
    }

    private OptionalInt number(String option) {
        Optional<String> value = last(option).filter(text -> text.matches("[0-9]{1,3}"));
        return value.isPresent() ? OptionalInt.of(Integer.parseInt(value.get())) : OptionalInt.empty();
    }

    /** Of an option that is given twice, the JVM takes the last. */
    private Optional<String> last(String option) {
        return jvmArgs.stream().filter(argument -> argument.startsWith(option))
                .map(argument -> argument.substring(option.length())).reduce((earlier, later) -> later);
    }
}
