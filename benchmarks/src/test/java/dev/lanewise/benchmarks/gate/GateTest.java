package dev.lanewise.benchmarks.gate;

import static dev.lanewise.benchmarks.gate.JmhJson.size;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
    private static final String NAME = "MatMulBenchmark.multiply";

    @TempDir
    private Path folder;

    private Path results;
    private Path limits;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeLimits() throws IOException {
        results = folder.resolve("results.json");
        limits = Files.writeString(
                folder.resolve("limits.json"),
                """
                        [{"benchmark": "MatMulBenchmark.multiply", "params": {"size": "64"},
                          "floors": {"256": 4.0}, "bytesPerOperation": 16}]
                        """);
    }

    @Test
    void heldLimitsExitWithZeroAndATable() throws IOException {
        record("[ 800.0 ], [ 1000.0 ]", "0.4");
        assertEquals(0, gate("--width", "256", "--revision", "abc"));
        assertTrue(out.toString().startsWith("## Benchmark gate: all 1 benchmarks hold their limits\n"), out::toString);
        String row = "| MatMulBenchmark.multiply | size=64 | 100.0 | 900.0 | ops/s | 9.00 | 4.00 | 0.4 | 16.0 | held |\n";
        assertTrue(out.toString().contains(row), out::toString);
        assertTrue(out.toString().contains("Revision abc"), out::toString);
        assertEquals("", err.toString());
    }

    @Test
    void regressionExitsWithOneAndItsReason() throws IOException {
        record("[ 300.0 ], [ 300.0 ]", "0.4");
        assertEquals(1, gate("--width", "256"));
        assertTrue(out.toString().contains("1 of 1 benchmarks regressed"), out::toString);
        assertTrue(
                out.toString().contains(
                        "- REGRESSED: MatMulBenchmark.multiply size=64: vector is 3.00 times naive, the floor is 4.00\n"),
                out::toString);
    }

    @Test
    void widthWithoutFloorsExitsWithTwo() throws IOException {
        record("[ 900.0 ]", "0.4");
        assertEquals(2, gate("--width", "512"));
        assertTrue(out.toString().contains("1 of 1 benchmarks could not be judged"), out::toString);
        assertTrue(out.toString().contains("no floor for 512 bits"), out::toString);
    }

    @Test
    void resultsWithoutTheBenchmarkExitWithTwo() throws IOException {
        Files.writeString(results, "[]");
        assertEquals(2, gate("--width", "256"));
        assertTrue(out.toString().contains("| - | - | - | - | 4.00 | - | 16.0 | NOT JUDGED |"), out::toString);
    }

    @Test
    void fileThatCanNotBeReadExitsWithThreeAndOneLine() throws IOException {
        assertError("results.json does not exist", "--width", "256");
        Files.writeString(results, "");
        assertError("results.json is empty", "--width", "256");
        Files.writeString(results, "[ { \"benchmark\" : \"dev.la");
        assertError("results.json, line 1 is not JSON, or was cut short", "--width", "256");
        record("[ 900.0 ]", "0.4");
        Files.writeString(limits, "[]");
        assertError("limits.json has no limit", "--width", "256");
    }

    @Test
    void wrongOptionsExitWithThreeAndOneLine() throws IOException {
        record("[ 900.0 ]", "0.4");
        assertError("--results needs --width");
        assertError("--width must be 128, 256 or 512, but is 100", "--width", "100");
        assertError("Unknown option: '--witdh=256'", "--witdh=256");
        assertError("--forks must be 1 or more, but is 0", "--width", "256", "--forks", "0");
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() throws IOException {
        record("[ 900.0 ]", "0.4");
        assertError("--forks is for measuring, and --results runs nothing", "--width", "256", "--forks", "2");
        assertError("--record is for measuring, and --results runs nothing", "--width", "256", "--record", "r.json");
    }

    @Test
    void fileThatIsAFolderOrNoTextIsNamedWithTheReason() throws IOException {
        results = Files.createDirectory(folder.resolve("folder.json"));
        assertError("folder.json can't be read: it is a folder", "--width", "256");
        results = Files.write(folder.resolve("latin1.json"), new byte[] {'[', '"', (byte) 0xe4, '"', ']'});
        assertError("latin1.json can't be read: it is not text in UTF-8", "--width", "256");
    }

    @Test
    void outputThatCanNotBeWrittenIsRefusedBeforeAnythingIsMeasured() throws IOException {
        record("[ 900.0 ]", "0.4");
        String nowhere = folder.resolve("missing").resolve("out.json").toString();
        String problem = "out.json can't be written: there is no folder " + folder.resolve("missing");
        assertError(problem, "--width", "256", "--json", nowhere);
        assertError(problem, "--width", "256", "--markdown", nowhere);
        assertError(folder + " can't be written: it is a folder", "--width", "256", "--json", folder.toString());
        StringWriter measuring = new StringWriter();
        String noLimits = folder.resolve("no-limits.json").toString();
        assertEquals(3,
                Gate.run(new PrintWriter(out), new PrintWriter(measuring), "--record", nowhere, "--limits", noLimits));
        assertTrue(measuring.toString().contains(problem), "the output is checked last: " + measuring);
    }

    @Test
    void reportsAreWrittenToFiles() throws IOException {
        record("[ 900.0, \"NaN\" ], [ 900.0 ]", "0.4");
        Path markdown = folder.resolve("report.md");
        Path json = folder.resolve("report.json");
        assertEquals(2, gate("--width", "256", "--revision", "abc", "--markdown", markdown.toString(), "--json",
                json.toString()));
        assertEquals(out.toString(), Files.readString(markdown));
        JsonNode report = JsonFiles.parse("report", Files.readString(json));
        assertEquals("NOT_JUDGED", report.get("outcome").textValue());
        assertEquals("abc", report.at("/environment/revision").textValue());
        assertEquals(256, report.at("/environment/vectorBits").intValue());
        JsonNode benchmark = report.at("/benchmarks/0");
        assertEquals("64", benchmark.at("/params/size").textValue());
        assertTrue(benchmark.get("ratio").isNull());
        assertEquals(0.4, benchmark.get("bytesPerOperation").doubleValue());
        assertEquals(100.0, benchmark.at("/naive/forkMedians/0").doubleValue());
        assertTrue(benchmark.at("/vector/forkMedians/0").isNull());
        assertEquals(900.0, benchmark.at("/vector/forkMedians/1").doubleValue());
        assertEquals(1, benchmark.get("reasons").size());
    }

    @Test
    void helpNamesTheExitCodes() {
        assertEquals(0, Gate.run(new PrintWriter(out), new PrintWriter(err), "--help"));
        assertTrue(out.toString().contains("0 every limit holds, 1 regression, 2 could not judge, 3 error"),
                out::toString);
    }

    private void record(String vector, String bytes) throws IOException {
        JmhJson json = new JmhJson().throughput(NAME, size(64, "NAIVE"), "[ 100.0 ], [ 100.0 ]", "3.0")
                .throughput(NAME, size(64, "VECTOR"), vector, bytes);
        Files.writeString(results, json.text());
    }

    private int gate(String... args) {
        String[] all = new String[args.length + 4];
        all[0] = "--results";
        all[1] = results.toString();
        all[2] = "--limits";
        all[3] = limits.toString();
        System.arraycopy(args, 0, all, 4, args.length);
        return Gate.run(new PrintWriter(out), new PrintWriter(err), all);
    }

    private void assertError(String message, String... args) {
        err.getBuffer().setLength(0);
        assertEquals(3, gate(args));
        assertTrue(err.toString().contains(message), err::toString);
        assertTrue(err.toString().startsWith("gate: "), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertFalse(out.toString().contains("## Benchmark gate"), out::toString);
    }
}
