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
final class TrainingStepBreakdownTest {
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
}
