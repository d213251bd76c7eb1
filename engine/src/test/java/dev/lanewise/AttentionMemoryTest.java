package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.launch.LongAttention;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That memory is linear in the sequence: {@link LongAttention} in a heap of four times its tensors. */
@Tag("once")
final class AttentionMemoryTest {
    private static final int WINDOW = 256;

    /** On two threads, whose chunks of keys need a dQ each; one thread alone needs less. */
    @Test
    void longSequenceRunsInASmallHeap() throws Exception {
        assumeTrue(VectorSupport.obstacle().isEmpty(), "plain loops take minutes");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "--add-modules",
                "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"), LongAttention.class.getName(),
                "2", Integer.toString(WINDOW)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertEquals("finite", output.lines().reduce("", (before, line) -> line), output);
    }
}
