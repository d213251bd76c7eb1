package dev.lanewise.benchmarks.gate;

import static dev.lanewise.benchmarks.gate.JmhJson.size;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LimitJudgeTest {
    private static final String NAME = "MatMulBenchmark.multiply";
    private static final String NAIVE = "[ 100.0, 110.0, 90.0 ], [ 98.0, 102.0, 100.0 ]";

    private static final List<Limit> LIMITS = LimitsReader.read(
            "limits",
            """
                    [{"benchmark": "MatMulBenchmark.multiply", "params": {"size": "64"},
                      "floors": {"256": 4.0, "512": 8.0}, "bytesPerOperation": 16}]
                    """);

    @Test
    void ratioAboveTheFloorAndBytesBelowTheCeilingHold() {
        Verdict verdict = only(pair("[ 900.0 ], [ 1100.0 ]", "0.5"), 512);
        assertEquals(Outcome.HELD, verdict.outcome());
        assertEquals(10.0, verdict.ratio(), 1e-12);
        assertEquals(0.5, verdict.bytes());
        assertEquals(List.of(), verdict.reasons());
    }

    @Test
    void ratioBelowTheFloorOfItsWidthIsARegression() {
        JmhJson fiveTimes = pair("[ 500.0 ], [ 500.0 ]", "0.5");
        assertEquals(Outcome.HELD, only(fiveTimes, 256).outcome());
        Verdict verdict = only(fiveTimes, 512);
        assertEquals(Outcome.REGRESSED, verdict.outcome());
        assertEquals(List.of("vector is 5.00 times naive, the floor is 8.00"), verdict.reasons());
    }

    @Test
    void bytesAboveTheCeilingAreARegressionWhateverTheSpeed() {
        Verdict verdict = only(pair("[ 900.0 ], [ 1100.0 ]", "12384.0"), 512);
        assertEquals(Outcome.REGRESSED, verdict.outcome());
        assertEquals(List.of("12384.0 bytes an operation, the ceiling is 16.0"), verdict.reasons());
    }

    @Test
    void averageTimeIsSmallerWhereItIsBetter() {
        JmhJson faster = new JmhJson().averageTime(NAME, size(64, "NAIVE"), "[ 20.0 ]", "0.5")
                .averageTime(NAME, size(64, "VECTOR"), "[ 2.0 ]", "0.5");
        assertEquals(Outcome.HELD, only(faster, 512).outcome());
        assertEquals(10.0, only(faster, 512).ratio(), 1e-12);
        JmhJson slower = new JmhJson().averageTime(NAME, size(64, "NAIVE"), "[ 2.0 ]", "0.5")
                .averageTime(NAME, size(64, "VECTOR"), "[ 20.0 ]", "0.5");
        assertEquals(Outcome.REGRESSED, only(slower, 512).outcome());
    }

    @Test
    void throughputAgainstAverageTimeIsNotJudged() {
        JmhJson mixed = new JmhJson().averageTime(NAME, size(64, "NAIVE"), "[ 20.0 ]", "0.5")
                .throughput(NAME, size(64, "VECTOR"), "[ 2000.0 ]", "0.5");
        assertNotJudged(mixed, 512, "naive was measured as avgt in ms/op, vector as thrpt in ops/s");
    }

    @Test
    void unknownModeIsNotJudged() {
        JmhJson odd = new JmhJson().result(NAME, "laps", "ops/s", size(64, "NAIVE"), "[ 1.0 ]", "0.5")
                .result(NAME, "laps", "ops/s", size(64, "VECTOR"), "[ 10.0 ]", "0.5");
        assertNotJudged(odd, 512, "mode laps is not known");
    }

    @Test
    void missingBenchmarkIsNotJudged() {
        assertNotJudged(new JmhJson(), 512, "no result for NAIVE: was the benchmark renamed or removed?");
        JmhJson onlyNaive = new JmhJson().throughput(NAME, size(64, "NAIVE"), NAIVE, "0.5");
        assertNotJudged(onlyNaive, 512,
                "no result for VECTOR with these parameters, only for implementation=NAIVE size=64");
    }

    @Test
    void otherParametersAreNotTakenForTheLimit() {
        JmhJson other = new JmhJson().throughput(NAME, size(128, "NAIVE"), NAIVE, "0.5")
                .throughput(NAME, size(128, "VECTOR"), "[ 1000.0 ]", "0.5");
        assertNotJudged(other, 512, "no result for NAIVE with these parameters");
    }

    @Test
    void widthWithoutAFloorIsNotJudgedThoughBytesStillAre() {
        assertNotJudged(pair("[ 1000.0 ]", "0.5"), 128, "no floor for 128 bits, only for 256, 512");
        Verdict boxed = only(pair("[ 1000.0 ]", "5000.0"), 128);
        assertEquals(Outcome.REGRESSED, boxed.outcome());
        assertEquals(2, boxed.reasons().size());
    }

    @Test
    void scoreThatIsNoPositiveNumberIsNotJudged() {
        assertNotJudged(pair("[ \"NaN\" ]", "0.5"), 512, "a score is not a positive number: naive 100.0, vector NaN");
        assertNotJudged(pair("[ 0.0 ]", "0.5"), 512, "a score is not a positive number");
        assertNotJudged(pair("[ \"Infinity\" ]", "0.5"), 512, "a score is not a positive number");
        assertNotJudged(pair("", "0.5"), 512, "a score is not a positive number");
    }

    @Test
    void missingOrUnknownBytesAreNotJudged() {
        assertNotJudged(pair("[ 1000.0 ]", null), 512, "no bytes an operation: record with -prof gc");
        assertNotJudged(pair("[ 1000.0 ]", "\"NaN\""), 512, "bytes an operation are NaN");
    }

    @Test
    void bytesInAnotherUnitOrBelowZeroAreNotJudged() {
        String inKilobytes = pair("[ 1000.0 ]", "0.5").text().replace("B/op", "KB/op");
        assertNotJudged(inKilobytes, 512, "bytes an operation are in KB/op, not in B/op");
        assertNotJudged(pair("[ 1000.0 ]", "-0.25"), 512, "bytes an operation are -0.25");
    }

    @Test
    void rungsThatRanInDifferentWaysAreNotJudgedThoughBytesStillAre() {
        String pair = pair("[ 1000.0 ]", "0.5").text();
        assertNotJudged(
                pair.replaceFirst("\"threads\" : 1", "\"threads\" : 2"), 512,
                "naive was called by 2 threads, vector by 1");
        assertNotJudged(
                pair.replaceFirst("\"threads\"", "\"vmVersion\" : \"26+35\", \"threads\""), 512,
                "naive ran on Java 26+35, vector on unknown");
        assertNotJudged(
                pair.replaceFirst("\"threads\"", "\"jvmArgs\" : [ \"-Xint\" ], \"threads\""), 512,
                "naive ran with the options [-Xint], vector with []");
        String boxed = pair("[ 1000.0 ]", "5000.0").text().replaceFirst("\"threads\" : 1", "\"threads\" : 2");
        assertEquals(Outcome.REGRESSED, only(boxed, 512).outcome());
    }

    @Test
    void widthThatTheRecordedOptionsContradictIsNotJudged() {
        String narrow = pair("[ 1000.0 ]", "0.5").text()
                .replace("\"threads\"", "\"jvmArgs\" : [ \"-XX:MaxVectorSize=32\" ], \"threads\"");
        assertEquals(Outcome.HELD, only(narrow, 256).outcome());
        assertNotJudged(narrow, 512,
                "vector ran with -XX:MaxVectorSize=32, which is 256 bits: judge it with --width 256");
        assertNotJudged(narrow.replace("MaxVectorSize=32", "UseAVX=3"), 256, "which is 512 bits");
    }

    @Test
    void twoResultsForOneKeyAreNotJudged() {
        JmhJson twice = pair("[ 1000.0 ]", "0.5").throughput(NAME, size(64, "VECTOR"), "[ 10.0 ]", "0.5");
        assertNotJudged(twice, 512, "2 results for VECTOR: which one counts is not known");
    }

    @Test
    void newBenchmarkOfTheLadderNeedsALimit() {
        JmhJson results = pair("[ 1000.0 ]", "0.5").throughput("NewBenchmark.run", size(1, "VECTOR"), "[ 1.0 ]", "0.5")
                .throughput("NewBenchmark.run", size(2, "VECTOR"), "[ 1.0 ]", "0.5")
                .throughput("PeakBenchmark.fma", "", "[ 1.0 ]", "0.5");
        List<Verdict> verdicts = judge(results.text(), 512);
        assertEquals(2, verdicts.size());
        assertEquals(Outcome.HELD, verdicts.getFirst().outcome());
        assertEquals("NewBenchmark.run", verdicts.getLast().limit().benchmark());
        assertEquals(Outcome.NOT_JUDGED, verdicts.getLast().outcome());
    }

    @Test
    void wholeRunIsTheWorstOfItsParts() {
        Verdict held = only(pair("[ 1000.0 ]", "0.5"), 512);
        Verdict regressed = only(pair("[ 10.0 ]", "0.5"), 512);
        Verdict notJudged = only(new JmhJson(), 512);
        assertEquals(Outcome.HELD, Outcome.of(List.of(held, held)));
        assertEquals(Outcome.NOT_JUDGED, Outcome.of(List.of(held, notJudged)));
        assertEquals(Outcome.REGRESSED, Outcome.of(List.of(notJudged, regressed, held)));
        assertEquals(Outcome.NOT_JUDGED, Outcome.of(List.of()));
    }

    private static JmhJson pair(String vector, String bytes) {
        return new JmhJson().throughput(NAME, size(64, "NAIVE"), NAIVE, "900000.0")
                .throughput(NAME, size(64, "VECTOR"), vector, bytes);
    }

    private static List<Verdict> judge(String results, int width) {
        return new LimitJudge(LIMITS, width).judge(ResultsReader.read("results", results));
    }

    private static Verdict only(JmhJson results, int width) {
        return only(results.text(), width);
    }

    private static Verdict only(String results, int width) {
        List<Verdict> verdicts = judge(results, width);
        assertEquals(1, verdicts.size());
        return verdicts.getFirst();
    }

    private static void assertNotJudged(JmhJson results, int width, String reason) {
        assertNotJudged(results.text(), width, reason);
    }

    private static void assertNotJudged(String results, int width, String reason) {
        Verdict verdict = only(results, width);
        assertEquals(Outcome.NOT_JUDGED, verdict.outcome(), () -> "reasons: " + verdict.reasons());
        assertTrue(
                verdict.reasons().stream().anyMatch(line -> line.contains(reason)),
                () -> "reasons: " + verdict.reasons());
    }
}
