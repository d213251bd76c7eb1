package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rules about the sources of all modules that neither the compiler nor the formatter checks. */
@Tag("once")
final class SourceRulesTest {
    /** Surefire sets {@code basedir} to the module's folder. */
    private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().normalize()
            .getParent();

    private static final Path VECTOR = Path.of("engine", "src", "main", "java", "dev", "lanewise", "vector");
    private static final Pattern VECTOR_API = Pattern.compile("jdk\\.incubator\\.vector\\.\\w");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?[\\w.]+\\.(\\w+);$");
    private static final String VECTOR_TYPE = "(?:FloatVector|IntVector|VectorMask<\\w+>)";

    /** The head of a method that returns a vector, whose name is the first group, or takes one: the second. */
    private static final Pattern VECTOR_METHOD = Pattern.compile(
            "static (?:" + VECTOR_TYPE + " (\\w+)\\(|\\w+ (\\w+)\\((?=[^)]*" + VECTOR_TYPE + " ))");

    private static final int MAX_LINES = 600;

    @Test
    void onlyTheVectorPackageOfTheEngineUsesTheVectorApi() {
        List<Path> users = sourcesOf("engine/src/main/java").stream()
                .filter(source -> VECTOR_API.matcher(textOf(source)).find())
                .map(ROOT::relativize)
                .toList();

        assertFalse(users.isEmpty(), "no source uses the Vector API: this test looks in the wrong place");
        assertEquals(List.of(), users.stream().filter(source -> !source.startsWith(VECTOR)).toList());
    }

    /**
     * A vector that crosses a call is an object, and whether a method is merged into its caller depends on what has been compiled
     * before. So loops write out what they do, and these are all the exceptions: for methods that are called once a row, for class
     * initialisation, and for reading.
     */
    @Test
    void vectorsDoNotCrossCalls() {
        List<String> methods = new ArrayList<>();
        for (Path source : sourcesOf(VECTOR.toString())) {
            Matcher heads = VECTOR_METHOD.matcher(textOf(source));
            while (heads.find()) {
                String name = heads.group(1) != null ? heads.group(1) : heads.group(2);
                methods.add(source.getFileName().toString().replace(".java", "") + "." + name);
            }
        }

        assertEquals(
                List.of(
                        "Lanes.withBit", "Lanes.sum", "Lanes.iota",
                        "VectorMath.expScaled", "VectorMath.expReduced"),
                methods);
    }

    @Test
    void everyImportIsUsed() {
        List<String> unused = new ArrayList<>();
        for (Path source : allSources()) {
            String text = textOf(source);
            String body = IMPORT.matcher(text).replaceAll("");
            Matcher imports = IMPORT.matcher(text);
            while (imports.find()) {
                if (!Pattern.compile("\\b" + imports.group(1) + "\\b").matcher(body).find()) {
                    unused.add(ROOT.relativize(source) + ": " + imports.group());
                }
            }
        }
        assertEquals(List.of(), unused);
    }

    @Test
    void noSourceIsLongerThanOneCanRead() {
        List<String> tooLong = new ArrayList<>();
        for (Path source : allSources()) {
            long lines = textOf(source).lines().count();
            if (lines > MAX_LINES) {
                tooLong.add(ROOT.relativize(source) + ": " + lines + " lines");
            }
        }
        assertEquals(List.of(), tooLong);
    }

    private static List<Path> allSources() {
        List<Path> all = new ArrayList<>();
        for (String module : List.of("engine", "benchmarks", "examples")) {
            all.addAll(sourcesOf(module + "/src"));
        }
        assertFalse(all.isEmpty(), "no source below " + ROOT);
        return all;
    }

    private static List<Path> sourcesOf(String folder) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String textOf(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
