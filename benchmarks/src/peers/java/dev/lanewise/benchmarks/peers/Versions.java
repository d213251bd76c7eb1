package dev.lanewise.benchmarks.peers;

import java.nio.file.Path;
import java.security.CodeSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions of libraries that don't report their own, from the names that Maven gives to jars. */
final class Versions {
    private static final Pattern JAR = Pattern.compile("[A-Za-z-]+-(\\d.*)\\.jar");

    private Versions() {}

    /** The version of the jar that a class came from, or "of unknown version". */
    static String of(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null) {
            return "of unknown version";
        }
        Matcher name = JAR.matcher(Path.of(source.getLocation().getPath()).getFileName().toString());
        return name.matches() ? name.group(1) : "of unknown version";
    }
}
