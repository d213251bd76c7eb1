package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class LongSequenceTest {
    @Test
    void attentionOver32768TokensRunsForwardAndBackwardInAHeapOf256Megabytes() throws Exception {
        Run run = run("-Xmx256m", "--most-seconds", "90");
        Assumptions.assumeTrue(run.exitCode != LongSequence.LEFT_OUT, run.output);
        assertEquals(0, run.exitCode, run.output);
        assertTrue(run.output.contains("32768 tokens, head of 64, forward and backward: "), run.output);
        assertTrue(run.output.contains("heap of 256 MB"), run.output);
    }

    @Test
    void runThatWouldTakeTooLongIsLeftOutWithALineThatSaysSo() throws Exception {
        Run run = run("-Xmx256m", "--most-seconds", "0.001");
        assertEquals(LongSequence.LEFT_OUT, run.exitCode, run.output);
        assertTrue(run.output.contains("more than --most-seconds"), run.output);
    }

    @Test
    void tooFewTokensAreRefusedInOneLine() throws Exception {
        Run run = run("-Xmx256m", "--tokens", "5");
        assertEquals(2, run.exitCode, run.output);
        assertTrue(run.output.contains("--tokens must be in 1024.."), run.output);
    }

    @Test
    void sequenceThatDoesNotFitIntoTheHeapIsRefusedInOneLine() throws Exception {
        Run run = run("-Xmx256m", "--tokens", "200000");
        assertEquals(HeapCheck.TOO_SMALL, run.exitCode, run.output);
        assertEquals(1, run.output.lines().filter(line -> !line.startsWith("WARNING")).count(), run.output);
        assertTrue(run.output.contains("a sequence of 200000 tokens on 1 thread takes "), run.output);
        assertTrue(run.output.contains("too much for a heap of 256 MB"), run.output);
    }

    private record Run(int exitCode, String output) {}

    private static Run run(String heap, String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), heap, "--add-modules",
                        "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                        LongSequence.class.getName()),
                Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }
}
