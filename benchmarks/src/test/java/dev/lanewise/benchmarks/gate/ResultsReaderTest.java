package dev.lanewise.benchmarks.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultsReaderTest {
    @Test
    void recordedRunIsReadWithParametersForksAndBytes() throws IOException {
        List<Result> results = ResultsReader.read("recorded.json", recorded());
        assertEquals(2, results.size());
        Result vector = results.getLast();
        assertEquals("SoftmaxBenchmark.forward", vector.benchmark());
        assertEquals(Map.of("implementation", "VECTOR", "cols", "65"), vector.params());
        assertEquals("thrpt", vector.mode());
        assertEquals("ops/s", vector.unit());
        assertEquals(2, vector.forkMedians().size());
        assertEquals(16, vector.score() / results.getFirst().score(), 1);
        assertEquals(1.2, vector.bytesPerOperation().getAsDouble(), 0.1);
        assertEquals("B/op", vector.bytesUnit());
        assertEquals(1, vector.setting().threads());
        assertEquals("25.0.3+9-LTS", vector.setting().vmVersion());
    }

    @Test
    void recordedRunNamesItsRuntimeAndFlags() throws IOException {
        Environment environment = ResultsReader.environment("recorded.json", recorded(), "abc", 512);
        assertEquals("25.0.3+9-LTS", environment.jdk());
        assertEquals("jdk.incubator.vector", environment.flags().get(1));
        assertEquals(2, environment.forks());
        assertEquals(Environment.UNKNOWN, environment.cpu());
        String mixed = recorded().replaceFirst("25.0.3\\+9-LTS", "26+35");
        assertEquals(Environment.UNKNOWN, ResultsReader.environment("mixed.json", mixed, "abc", 512).jdk());
    }

    @Test
    void scoreIsTheMedianOfTheForksMedians() {
        Result result = readOne("[ 1.0, 9.0, 2.0 ], [ 50.0, 3.0, 4.0 ], [ 7.0, 8.0, 100.0 ]", "0.5");
        assertEquals(List.of(2.0, 4.0, 8.0), result.forkMedians());
        assertEquals(4.0, result.score());
        assertEquals(3.0, readOne("[ 2.0 ], [ 4.0 ]", "0.5").score());
    }

    @Test
    void bytesAreThoseOfTheForkThatAllocatedLeast() {
        assertEquals(7.0,
                readOne("[ 1.0 ]", "9.0, 8.0, 4000000.0 ], [ 2000.0, 7.0, 6.0").bytesPerOperation().getAsDouble());
        double unknown = readOne("[ 1.0 ]", "9.0 ], [ \"NaN\"").bytesPerOperation().getAsDouble();
        assertTrue(Double.isNaN(unknown), () -> "a fork without a number was left out: " + unknown);
    }

    @Test
    void notANumberWrittenAsTextIsNaN() {
        Result result = readOne("[ \"NaN\", 1.0 ], [ 1.0 ]", "\"NaN\"");
        assertTrue(Double.isNaN(result.score()));
        assertTrue(Double.isNaN(result.bytesPerOperation().getAsDouble()));
    }

    @Test
    void olderNameOfTheProfilersMetricIsRead() {
        String text = new JmhJson().throughput("A.b", "", "[ 1.0 ]", "7.0").text().replace("gc.alloc",
                "\u00b7gc.alloc");
        assertEquals(7.0, ResultsReader.read("old.json", text).getFirst().bytesPerOperation().getAsDouble());
    }

    @Test
    void sampleModeHasNoRawDataAndGivesItsScore() {
        String text = new JmhJson().result("A.b", "sample", "ms/op", "", "[ 5.0 ]", null).text()
                .replace("rawData", "rawDataHistogram");
        assertEquals(List.of(1.0), ResultsReader.read("sample.json", text).getFirst().forkMedians());
    }

    @Test
    void emptyArrayHasNoResults() {
        assertEquals(List.of(), ResultsReader.read("none.json", "[ ]"));
    }

    @Test
    void fileCutShortAnywhereIsAnErrorThatNamesFileAndLine() throws IOException {
        String whole = recorded().strip();
        for (int end = 1; end < whole.length(); end += 97) {
            String cut = whole.substring(0, end);
            GateException e = assertThrows(GateException.class, () -> ResultsReader.read("cut.json", cut));
            assertTrue(e.getMessage().startsWith("cut.json, line "), e.getMessage());
            assertTrue(e.getMessage().contains("cut short"), e.getMessage());
        }
    }

    @Test
    void emptyFileIsAnError() {
        for (String text : List.of("", " \n ")) {
            GateException e = assertThrows(GateException.class, () -> ResultsReader.read("empty.json", text));
            assertTrue(e.getMessage().startsWith("empty.json is empty"), e.getMessage());
        }
    }

    @Test
    void whatIsNotAListOfResultsIsAnError() {
        assertMessage("{}", "x.json must be an array");
        assertMessage("[ {} ]", "x.json, result 1: \"benchmark\" must be text");
        assertMessage("[ { \"benchmark\" : \"a.B.c\" } ]", "x.json, result 1 (B.c) has no primaryMetric");
        assertMessage(
                new JmhJson().throughput("A.b", "", "[ \"fast\" ]", "0.5").text(),
                "x.json, result 1 (A.b): an iteration must be a number, but is \"fast\"");
        assertMessage(
                new JmhJson().throughput("A.b", "", "3", "0.5").text(),
                "x.json, result 1 (A.b): a fork of rawData must be an array");
        assertMessage("[ ] [ ]", "x.json, line 1 is not JSON");
    }

    private static void assertMessage(String text, String start) {
        GateException e = assertThrows(GateException.class, () -> ResultsReader.read("x.json", text));
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
    }

    private static Result readOne(String iterations, String bytes) {
        return ResultsReader.read("one.json", new JmhJson().throughput("A.b", "", iterations, bytes).text()).getFirst();
    }

    private static String recorded() throws IOException {
        try (InputStream in = ResultsReaderTest.class.getResourceAsStream("recorded.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
