package dev.lanewise.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts JVMs of their own on the compiled engine, in each way in which a program may embed it: on the class path or the
 * module path, with the Vector API's module or without.
 */
@Tag("once")
final class LaunchTest {
    private static final Path TARGET = Path.of(System.getProperty("basedir", "."), "target").toAbsolutePath();
    private static final String ENGINE = TARGET.resolve("classes").toString();
    private static final String TESTS = TARGET.resolve("test-classes").toString();
    private static final String ENGINE_MODULE = "dev.lanewise.engine";
    private static final String[] WITH_VECTORS = {"--add-modules", "jdk.incubator.vector"};
    private static final String[] WITHOUT_VECTORS = {};

    @TempDir
    private Path folder;

    /** What {@link PrintEngineInfo} said. */
    private record Info(String module, String implementation, int vectorBits, String reason) {}

    /** How a JVM ended. */
    private record Run(int exitCode, String output, String errors) {}

    @Test
    void classPathWithTheModuleRunsVectors() {
        assertRunsVectors("class path", launched(onClassPath(), WITH_VECTORS));
    }

    @Test
    void classPathWithoutTheModuleRunsScalarCodeAndSaysWhatToType() {
        assertRunsScalarCode("class path", launched(onClassPath(), WITHOUT_VECTORS));
    }

    @Test
    void modulePathWithTheModuleRunsVectors() {
        assertRunsVectors(ENGINE_MODULE, launched(onModulePath(), WITH_VECTORS));
    }

    @Test
    void modulePathWithoutTheModuleRunsScalarCodeAndSaysWhatToType() {
        assertRunsScalarCode(ENGINE_MODULE, launched(onModulePath(), WITHOUT_VECTORS));
    }

    @Test
    void anApplicationModuleThatRequiresTheVectorApiNeedsNoFlag() throws IOException {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Files.writeString(
                sources.resolve("module-info.java"),
                "module app { requires dev.lanewise.engine; requires jdk.incubator.vector; }");
        Path source = Files.createDirectories(sources.resolve("app")).resolve("Main.java");
        Files.writeString(
                source,
                Files.readString(TARGET.resolveSibling(
                        Path.of("src", "test", "java", "dev", "lanewise", "launch", "PrintEngineInfo.java")))
                        .replace("package dev.lanewise.launch;", "package app;")
                        .replace("PrintEngineInfo", "Main"));
        Path classes = folder.resolve("classes");
        Run compiled = run(
                "javac",
                List.of("-p", ENGINE, "-d", classes.toString(), sources.resolve("module-info.java").toString(),
                        source.toString()));
        assertEquals(0, compiled.exitCode, compiled.output + compiled.errors);

        Run run = run("java", List.of("-p", ENGINE + File.pathSeparator + classes, "-m", "app/app.Main"));

        assertRunsVectors(ENGINE_MODULE, infoOf(run));
    }

    @Test
    void vectorsAskedForWithoutTheModuleAreAnErrorThatSaysWhatToType() {
        Run run = run("java", commandLine(onClassPath(), "-Dlanewise.implementation=vector"));

        assertNotEquals(0, run.exitCode, run.output);
        assertTrue(run.errors.contains("--add-modules jdk.incubator.vector"), run.errors);
    }

    @Test
    void scalarCodeAskedForRunsThoughVectorsAreThere() {
        Info info = launched(onClassPath(), "--add-modules", "jdk.incubator.vector",
                "-Dlanewise.implementation=scalar");

        assertEquals("SCALAR", info.implementation, info::toString);
    }

    @Test
    void withoutTheOptimisingCompilerScalarCodeRuns() {
        Info info = launched(onClassPath(), "--add-modules", "jdk.incubator.vector", "-Xint");

        assertEquals("SCALAR", info.implementation, info::toString);
        assertTrue(info.reason.contains("-Xint"), info.reason);
    }

    @Test
    void onMoreProcessorsThanATeamMayHaveTheLargestTeamRuns() {
        List<String> lines = startedTwice("-XX:ActiveProcessorCount=1100", "-Dlanewise.implementation=scalar");

        assertEquals(List.of("1024", "1024"), lines);
    }

    @Test
    void cacheSizesThatAreNoneAreRefusedWithTheSameWordsEachTime() {
        List<String> lines = startedTwice("--add-modules", "jdk.incubator.vector", "-Dlanewise.caches=32K");

        assertEquals(2, lines.size(), lines::toString);
        for (String line : lines) {
            assertTrue(line.startsWith("java.lang.IllegalArgumentException: lanewise.caches"), line);
            assertTrue(line.contains("'32K'"), line);
        }
    }

    /** What {@link StartTwice} said. */
    private static List<String> startedTwice(String... options) {
        Run run = run(
                "java",
                Stream.of(onClassPath().stream(), Stream.of(options), Stream.of(StartTwice.class.getName()))
                        .flatMap(part -> part)
                        .toList());
        assertEquals(0, run.exitCode, run.errors);
        return run.output.lines().toList();
    }

    private static void assertRunsVectors(String module, Info info) {
        assertEquals(module, info.module);
        assertEquals("VECTOR", info.implementation, info::toString);
        assertTrue(info.vectorBits >= 128, info::toString);
    }

    private static void assertRunsScalarCode(String module, Info info) {
        assertEquals(module, info.module);
        assertEquals("SCALAR", info.implementation, info::toString);
        assertTrue(info.reason.contains("--add-modules jdk.incubator.vector"), info.reason);
    }

    private static List<String> onClassPath() {
        return List.of("-cp", ENGINE + File.pathSeparator + TESTS);
    }

    /** The engine as a named module, the program that embeds it on the class path. */
    private static List<String> onModulePath() {
        return List.of("-p", ENGINE, "--add-modules", ENGINE_MODULE, "-cp", TESTS);
    }

    private static Info launched(List<String> paths, String... options) {
        return infoOf(run("java", commandLine(paths, options)));
    }

    private static List<String> commandLine(List<String> paths, String... options) {
        return Stream.of(paths.stream(), Stream.of(options), Stream.of(PrintEngineInfo.class.getName()))
                .flatMap(part -> part)
                .toList();
    }

    private static Info infoOf(Run run) {
        assertEquals(0, run.exitCode, run.errors);
        List<String> lines = run.output.lines().toList();
        assertEquals(4, lines.size(), run.output);
        return new Info(lines.get(0), lines.get(1), Integer.parseInt(lines.get(2)), lines.get(3));
    }

    private static Run run(String tool, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.addAll(arguments);
        try {
            Path errors = Files.createTempFile("lanewise", ".err");
            try {
                Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return new Run(process.waitFor(), output, Files.readString(errors));
            } finally {
                Files.deleteIfExists(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + command, e);
        }
    }
}
