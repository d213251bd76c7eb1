package dev.lanewise.benchmarks.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharesTest {
    private static final String VECTOR = "\"implementation\" : \"VECTOR\", \"size\" : \"512\"";
    private static final String PARALLEL = "\"implementation\" : \"VECTOR_PARALLEL\", \"size\" : \"512\"";

    @TempDir
    private Path folder;

    private final List<String> results = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void arithmeticIsAShareOfThePeakOfAsManyThreads() throws IOException {
        add("PeakBenchmark.fma", 1, "", "", 10, "gflops", "200.0");
        add("PeakBenchmark.fmaParallel", 2, "", "", 10, "gflops", "380.0");
        add("MatMulBenchmark.multiply", 1, "", VECTOR, 500, "gflops", "150.0");
        add("MatMulBenchmark.multiply", 1, "", PARALLEL, 900, "gflops", "285.0");
        String table = report();
        assertContains(
                table,
                "| MatMulBenchmark.multiply | implementation=VECTOR size=512 | one thread | 150.0 | 75 % | - | - |");
        assertContains(
                table,
                "| MatMulBenchmark.multiply | implementation=VECTOR_PARALLEL size=512 | all processors | 285.0 | 75 % | - | - |");
        assertContains(table, "| PeakBenchmark.fma | - | one thread | 200.0 | - |");
        assertFalse(table.contains("No usable result"), table);
    }

    @Test
    void missingPeakIsSaidAndNoShareIsShown() throws IOException {
        add("MatMulBenchmark.multiply", 1, "", VECTOR, 500, "gflops", "150.0");
        String table = report();
        assertContains(table, "| one thread | 150.0 | - | - | - |");
        assertContains(table, "- No usable result of PeakBenchmark on one thread in this file: run it together with");
    }

    @Test
    void peakOfAnotherWidthDoesNotCount() throws IOException {
        add("PeakBenchmark.fma", 1, "", "", 10, "gflops", "200.0");
        add("MatMulBenchmark.multiply", 1, "-XX:MaxVectorSize=32", VECTOR, 500, "gflops", "90.0");
        assertContains(report(), "| 90.0 | - | - | - |");
        assertContains(report(), "PeakBenchmark on one thread with -XX:MaxVectorSize=32 in this file");
        add("PeakBenchmark.fma", 1, "-XX:MaxVectorSize=32", "", 10, "gflops", "100.0");
        assertContains(report(), "| 90.0 | 90 % | - | - |");
    }

    @Test
    void lastOptionOfTheWidthIsTheOneThatCounts() throws IOException {
        add("PeakBenchmark.fma", 1, "-XX:MaxVectorSize=32", "", 10, "gflops", "100.0");
        add("MatMulBenchmark.multiply", 1, "-XX:MaxVectorSize=64\", \"-XX:MaxVectorSize=32", VECTOR, 500, "gflops",
                "90.0");
        assertContains(report(), "| 90.0 | 90 % | - | - |");
    }

    @Test
    void notANumberIsNoRulerAndNoRate() throws IOException {
        add("PeakBenchmark.fma", 1, "", "", 10, "gflops", "\"NaN\"");
        add("MatMulBenchmark.multiply", 1, "", VECTOR, 500, "gflops", "150.0");
        add("AttentionBenchmark.forward", 1, "", VECTOR, 500, "gflops", "\"NaN\"");
        String table = report();
        assertContains(table, "| one thread | 150.0 | - | - | - |");
        assertContains(table, "No usable result of PeakBenchmark on one thread");
        assertFalse(table.contains("AttentionBenchmark"), table);
    }

    @Test
    void trafficIsAShareOfTheFastestStreamOverOperandsOfTheNearestSize() throws IOException {
        addStream("read", 24, 1, "400.0");
        addStream("read", 16384, 1, "20.0");
        addStream("copy", 16384, 1, "25.0");
        addStream("read", 262144, 1, "10.0");
        // 2 MB, a little more than 16 MB, and 512 MB a call.
        add("ActivationBenchmark.gelu", 1, "", VECTOR, 5000, "gigaElements", "1.25");
        add("MatrixVectorBenchmark.multiply", 1, "", VECTOR, 1000, "gigabytes", "16.8");
        add("MatrixVectorBenchmark.multiply", 1, "", VECTOR, 10, "gigabytes", "5.0");
        String table = report();
        assertContains(table, "| - | - | 10.0 | 40 % of 16384 KB |");
        assertContains(table, "| - | - | 16.8 | 67 % of 16384 KB |");
        assertContains(table, "| - | - | 5.0 | 50 % of 262144 KB |");
    }

    @Test
    void callThatProcessorsShareIsHeldAgainstTheStreamsOfAll() throws IOException {
        addStream("readParallel", 16384, 2, "40.0");
        addStream("readParallel", 262144, 2, "20.0");
        // 32 MB a call, 16 MB for each of two.
        add("MatrixVectorBenchmark.multiply", 1, "", PARALLEL, 1000, "gigabytes", "33.554432");
        assertContains(report(), "| - | - | 33.6 | 84 % of 16384 KB |");
        add("ActivationBenchmark.gelu", 1, "", VECTOR, 5000, "gigaElements", "1.25");
        assertContains(report(), "No usable result of BandwidthBenchmark on one thread");
    }

    @Test
    void otherModesThanThroughputHaveNoRates() throws IOException {
        add("MatMulBenchmark.multiply", 1, "", VECTOR, 500, "gflops", "150.0");
        results.replaceAll(text -> text.replace("thrpt", "avgt"));
        assertError("has no rate to report");
    }

    @Test
    void recordedResultsAreReported() throws Exception {
        Path recorded = Path.of(SharesTest.class.getResource("recorded.json").toURI());
        assertEquals(0, shares(recorded));
        assertContains(out.toString(),
                "| SoftmaxBenchmark.forward | cols=65 implementation=VECTOR | one thread | - | - | ");
        assertContains(out.toString(), "No usable result of BandwidthBenchmark on one thread");
    }

    @Test
    void tableIsAlsoWrittenToAFile() throws IOException {
        add("PeakBenchmark.fma", 1, "", "", 10, "gflops", "200.0");
        Path markdown = folder.resolve("table.md");
        assertEquals(0, shares(write(), "--markdown", markdown.toString()));
        assertEquals(out.toString(), Files.readString(markdown));
    }

    @Test
    void mistakesAreOneLineAndExitWithThree() throws IOException {
        assertError("has no rate to report");
        assertEquals(3, shares(folder.resolve("no-such-file.json")));
        assertContains(err.toString(), "no-such-file.json does not exist");
        err.getBuffer().setLength(0);
        assertEquals(3, Shares.run(new PrintWriter(out), new PrintWriter(err)));
        assertContains(err.toString(), "shares: Missing required parameter: 'FILE'");
        Path cut = Files.writeString(folder.resolve("cut.json"), "[ { \"benchmark\" ");
        err.getBuffer().setLength(0);
        assertEquals(3, shares(cut));
        assertContains(err.toString(), "cut.json, line 1 is not JSON, or was cut short");
        assertEquals(1, err.toString().lines().count(), err::toString);
        err.getBuffer().setLength(0);
        assertEquals(3, shares(folder));
        assertContains(err.toString(), folder + " can't be read: it is a folder");
        err.getBuffer().setLength(0);
        add("PeakBenchmark.fma", 1, "", "", 10, "gflops", "200.0");
        assertEquals(3, shares(write(), "--markdown", folder.resolve("missing/table.md").toString()));
        assertContains(err.toString(), "table.md can't be written: there is no folder " + folder.resolve("missing"));
    }

    private void addStream(String method, int kilobytes, int threads, String gigabytes) {
        add("BandwidthBenchmark." + method, threads, "", "\"kilobytes\" : \"" + kilobytes + "\"", 7, "gigabytes",
                gigabytes);
    }

    private void add(
            String benchmark, int threads, String option, String params, double score, String metric, String value) {
        results.add("""
                { "benchmark" : "dev.lanewise.benchmarks.%s", "mode" : "thrpt", "threads" : %d, "forks" : 1,
                  "jvmArgs" : [ "-Xmx1g", "%s" ], "params" : { %s },
                  "primaryMetric" : { "score" : %s, "scoreUnit" : "ops/s", "rawData" : [ [ %s ] ] },
                  "secondaryMetrics" : { "%s" : { "score" : 1.0, "scoreUnit" : "ops/s", "rawData" : [ [ %s ] ] } } }
                """.formatted(benchmark, threads, option, params, score, score, metric, value));
    }

    private Path write() throws IOException {
        return Files.writeString(folder.resolve("results.json"), "[" + String.join(",", results) + "]");
    }

    private String report() throws IOException {
        out.getBuffer().setLength(0);
        assertEquals(0, shares(write()), err::toString);
        return out.toString();
    }

    private int shares(Path file, String... more) {
        List<String> args = new ArrayList<>(List.of(more));
        args.add(file.toString());
        return Shares.run(new PrintWriter(out), new PrintWriter(err), args.toArray(String[]::new));
    }

    private void assertError(String message) throws IOException {
        assertEquals(3, shares(write()));
        assertContains(err.toString(), message);
        err.getBuffer().setLength(0);
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), () -> "no \"" + part + "\" in:\n" + text);
    }
}
