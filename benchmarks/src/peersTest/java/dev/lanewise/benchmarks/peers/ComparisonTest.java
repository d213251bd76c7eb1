package dev.lanewise.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a command line is said before anything is measured. */
@Timeout(120)
class ComparisonTest {
    @TempDir
    Path folder;

    @Test
    void reportThatCannotBeWrittenIsRefused() {
        String file = folder.resolve("nowhere").resolve("report.md").toString();
        assertRefused("--markdown " + file + " can't be written", "--markdown", file, "64");
        assertRefused("--markdown " + folder + " can't be written", "--markdown", folder.toString(), "64");
    }

    @Test
    void onlyExactNamesOfLibrariesAreTaken() {
        assertRefused("--peers EJML_PARALLEL: this build has ", "--peers", "EJML_PARALLEL", "64");
        assertRefused("--peers OPENBLASS: this build has ", "--peers", "EJML,OPENBLASS", "64");
    }

    @Test
    void heapThatIsNoSizeIsRefused() {
        assertRefused("--heap plenty: ", "--heap", "plenty", "64");
    }

    @Test
    void taskThatDoesNotFitIntoTheHeapIsAnsweredWithWhatToRaise() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Comparison.class.getName()));
        command.addAll(List.of("--peers", "EJML", "--heap", "64m", "--rounds", "1", "3000"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(3, process.waitFor(), output);
        assertTrue(output.contains("'3000' does not fit into a heap of 64m: raise --heap"), output);
        assertFalse(output.contains("\tat "), output);
    }

    private static void assertRefused(String start, String... arguments) {
        StringWriter err = new StringWriter();
        assertEquals(2, Comparison.run(new PrintWriter(err), arguments));
        String line = err.toString().lines().findFirst().orElse("");
        assertTrue(line.startsWith(start), err.toString());
    }
}
