package dev.lanewise.examples.imdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts {@code target/imdb.jar} as a user does: what the build packs must be whole. */
final class ImdbJarTest {
    private static final Path JAR = Path.of(System.getProperty("basedir", "."), "target", "imdb.jar").toAbsolutePath();

    @TempDir
    private Path folder;

    /** How the program ended. */
    private record Run(int exitCode, String output, String errors) {}

    @Test
    void saysWhichVersionItIs() throws Exception {
        Run run = run("--version");

        assertEquals(0, run.exitCode, run.errors);
        assertTrue(run.output.matches("(?s)imdb \\d+\\.\\d+\\.\\d+.*"), run.output);
    }

    @Test
    void helpNamesTheVerbs() throws Exception {
        Run run = run("--help");

        assertEquals(0, run.exitCode, run.errors);
        for (String verb : List.of("train", "evaluate", "predict")) {
            assertTrue(run.output.contains(verb), run.output);
        }
    }

    @Test
    void missingModelEndsWithOneLineAndCodeTwo() throws Exception {
        Run run = run("predict", "--model", folder.resolve("nowhere").toString(), "A fine film.");

        assertEquals(2, run.exitCode, run.errors);
        assertTrue(run.errors.contains("nowhere"), run.errors);
        assertFalse(run.errors.contains("\tat "), run.errors);
    }

    @Test
    void emptyDataFileEndsWithOneLineAndCodeTwoAndLeavesNoModel() throws Exception {
        Path data = Files.createFile(folder.resolve("empty.csv"));
        Path out = folder.resolve("out");
        Run run = run("train", "--data", data.toString(), "--out", out.toString());

        assertEquals(2, run.exitCode, run.errors);
        assertTrue(run.errors.contains("empty.csv"), run.errors);
        assertFalse(run.errors.contains("\tat "), run.errors);
        try (Stream<Path> left = Files.walk(folder)) {
            assertEquals(List.of(), left.filter(file -> file.toString().endsWith(".safetensors")).toList());
        }
    }

    private Run run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        Path errors = folder.resolve("errors.txt");
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output, Files.readString(errors));
    }
}
