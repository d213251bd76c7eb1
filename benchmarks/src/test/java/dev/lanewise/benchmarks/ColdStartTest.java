package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class ColdStartTest {
    @Test
    void eachWayOfWarmingIsARowOfPositiveNumbers() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        int exitCode = ColdStart.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), "--size=32", "--starts=1");

        String output = bytes.toString(StandardCharsets.UTF_8);
        assertEquals(0, exitCode, output);
        List<String> rows = output.lines().filter(line -> line.startsWith("| ")).toList();
        assertEquals(1 + FirstProducts.WarmUp.values().length, rows.size(), output);
        for (String row : rows.subList(1, rows.size())) {
            String[] cells = row.split("\\|");
            double firstDone = Double.parseDouble(cells[5]);
            double fast = Double.parseDouble(cells[6]);
            assertTrue(firstDone > 0 && fast >= firstDone, row);
            assertTrue(Double.parseDouble(cells[8]) > 0, row);
        }
    }

    @Test
    void sizeThatNoMatrixHasIsRefused() {
        assertEquals(2, ColdStart.run(System.out, "--size=0"));
        assertEquals(2, ColdStart.run(System.out, "--size=100000"));
    }

    @Test
    void matricesThatDoNotFitIntoTheHeapHaveACodeOfTheirOwn() {
        assertEquals(HeapCheck.TOO_SMALL, ColdStart.run(System.out, "--size=4096", "--starts=1", "--", "-Xmx128m"));
    }

    @Test
    void jvmThatDoesNotMeasureIsNoStackTrace() {
        assertEquals(ColdStart.NOT_MEASURED, ColdStart.run(System.out, "--starts=1", "--", "-XX:Nonsense"));
        assertEquals(ColdStart.NOT_MEASURED, ColdStart.run(System.out, "--starts=1", "--", "-version"));
        assertEquals(ColdStart.NOT_MEASURED, ColdStart.run(System.out, "--starts=1", "--class-path=nowhere.jar"));
    }
}
