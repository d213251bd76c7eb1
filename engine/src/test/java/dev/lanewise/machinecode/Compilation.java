package dev.lanewise.machinecode;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of what a JVM prints for {@code -XX:+PrintCompilation}.
 *
 * @param method {@code package.Class::method}
 * @param level 4 is the optimising compiler, 1 to 3 the quick one
 * @param inLoop whether the code enters in the middle of a loop: on-stack replacement
 */
record Compilation(String method, int level, boolean inLoop) {
    /** Time, number, marks ({@code %} is on-stack replacement), level, method; after the size may stand what became of it. */
    private static final Pattern LINE = Pattern
            .compile("\\s*\\d+\\s+\\d+\\s+([%sb!n ]*?)\\s+(\\d)\\s+(\\S+::\\S+)(?: @ \\d+)? \\(\\d+ bytes\\)");

    /** Reads the compilations, in order; lines about code that was thrown away are passed over. */
    static List<Compilation> read(String output) {
        return output.lines().map(LINE::matcher).filter(Matcher::matches)
                .map(line -> new Compilation(line.group(3), Integer.parseInt(line.group(2)),
                        line.group(1).contains("%")))
                .toList();
    }

    boolean isOptimised() {
        return level == 4;
    }
}
