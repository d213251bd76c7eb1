package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.Engine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class TrainingStepBreakdownTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    @Test
    void sharesOfTheOperationsAddUpAndProductsAreAmongThem() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        int exitCode = TrainingStepBreakdown.run(
                new PrintStream(bytes, true, StandardCharsets.UTF_8), "--batch=4", "--tokens=64", "--warm-up=1",
                "--seconds=4");

        String output = bytes.toString(StandardCharsets.UTF_8);
        assertEquals(0, exitCode, output);
        List<String> rows = output.lines().filter(line -> line.startsWith("| ") && line.contains(" % |")).toList();
        double shares = rows.stream().mapToDouble(row -> Double.parseDouble(row.split("\\|")[3].replace("%", "")))
                .sum();
        assertEquals(100, shares, 1, output);
        assertTrue(rows.stream().anyMatch(row -> row.startsWith("| products, forward")), output);
        assertTrue(rows.stream().anyMatch(row -> row.startsWith("| attention, backward")), output);
    }

    @Test
    void numbersBelowOneAreRefused() {
        assertEquals(2, TrainingStepBreakdown.run(System.out, "--threads=0"));
    }

    @Test
    void batchThatDoesNotFitHasACodeOfItsOwn() {
        assertEquals(2, TrainingStepBreakdown.run(System.out, "--batch=2000000", "--tokens=2000"));
        int tokens = (int) (Runtime.getRuntime().maxMemory() / 10_000);
        assertEquals(HeapCheck.TOO_SMALL, TrainingStepBreakdown.run(System.out, "--batch=1", "--tokens=" + tokens));
    }

    @Test
    void eachSequenceTakesTheMemoryThatIsCountedForIt() {
        TrainingStep.Sizes few = new TrainingStep.Sizes(2, 128, 4, 512, 8, 128);
        TrainingStep.Sizes more = new TrainingStep.Sizes(2, 128, 4, 512, 16, 128);
        double counted = more.bytes(1) - few.bytes(1);
        assertEquals(counted, allocated(more) - allocated(few), 0.15 * counted);
    }

    /** On plain code: vectors are objects until their kernels are compiled. */
    private static double allocated(TrainingStep.Sizes sizes) {
        try (Engine engine = Ladder.NAIVE.open()) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            new TrainingStep(sizes).run(engine);
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        }
    }
}
