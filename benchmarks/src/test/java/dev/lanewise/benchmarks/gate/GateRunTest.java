package dev.lanewise.benchmarks.gate;

import static dev.lanewise.benchmarks.gate.JmhJson.size;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GateRunTest {
    private static final List<Limit> LIMITS = LimitsReader.read(
            "limits",
            """
                    [{"benchmark": "A.run", "params": {"size": "64"}, "floors": {"256": 4.0}, "bytesPerOperation": 16},
                     {"benchmark": "B.run", "params": {"size": "64"}, "floors": {"256": 4.0}, "bytesPerOperation": 16},
                     {"benchmark": "C.run", "params": {"size": "64"}, "floors": {"256": 4.0}, "bytesPerOperation": 16}]
                    """);

    private final List<String> measured = new ArrayList<>();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    @Test
    void limitsThatHoldAreMeasuredOnce() {
        GateRun.Measured found = run((limit, again) -> pair(limit, 900, 0));
        assertEquals(List.of("A.run", "B.run", "C.run"), measured);
        assertEquals(List.of(Outcome.HELD, Outcome.HELD, Outcome.HELD), outcomes(found));
    }

    @Test
    void limitThatHoldsTheSecondTimeIsHeldAndTheFirstIsTold() {
        GateRun.Measured found = run((limit, again) -> pair(limit, 900, limit.benchmark().equals("B.run") && !again
                ? 4e6
                : 0));
        assertEquals(List.of("A.run", "B.run", "C.run", "B.run again"), measured);
        assertEquals(List.of(Outcome.HELD, Outcome.HELD, Outcome.HELD), outcomes(found));
        Verdict second = found.verdicts().get(1);
        assertEquals(0.0, second.bytes());
        assertEquals(List.of("measured first: 4000000.0 bytes an operation, the ceiling is 16.0"), second.reasons());
        assertTrue(progress.toString(StandardCharsets.UTF_8).contains("[2/3] B.run size=64 once more: 4000000.0 bytes"),
                progress::toString);
    }

    @Test
    void limitThatIsBrokenTwiceIsARegression() {
        GateRun.Measured found = run((limit, again) -> pair(limit, again ? 300 : 200, 0));
        assertEquals(6, measured.size());
        assertEquals(Outcome.REGRESSED, Outcome.of(found.verdicts()));
        assertEquals(
                List.of("vector is 3.00 times naive, the floor is 4.00",
                        "measured first: vector is 2.00 times naive, the floor is 4.00"),
                found.verdicts().getFirst().reasons());
    }

    @Test
    void recordedResultsAreThoseThatWereJudged() {
        GateRun.Measured found = run((limit, again) -> pair(limit, again ? 900 : 100, 0));
        List<Result> recorded = ResultsReader.read("recorded", found.recorded());
        assertEquals(6, recorded.size());
        List<Verdict> judged = new LimitJudge(LIMITS, 256).judge(recorded);
        assertEquals(9.0, judged.getFirst().ratio());
        assertEquals(Outcome.HELD, Outcome.of(judged));
    }

    @Test
    void benchmarkThatFailsIsNotJudgedAndTheOthersAre() {
        GateRun.Measured found = run((limit, again) -> {
            if (limit.benchmark().equals("B.run")) {
                throw new GateException("failed: the forked VM ran out of memory");
            }
            return pair(limit, 900, 0);
        });
        assertEquals(List.of(Outcome.HELD, Outcome.NOT_JUDGED, Outcome.HELD), outcomes(found));
        assertEquals(List.of("failed: the forked VM ran out of memory"), found.verdicts().get(1).reasons());
        assertEquals(4, ResultsReader.read("recorded", found.recorded()).size());
    }

    @Test
    void regressionThatCanNotBeMeasuredAgainIsNotJudged() {
        GateRun.Measured found = run((limit, again) -> {
            if (again) {
                throw new GateException("failed: killed");
            }
            return pair(limit, limit.benchmark().equals("C.run") ? 100 : 900, 0);
        });
        assertEquals(List.of(Outcome.HELD, Outcome.HELD, Outcome.NOT_JUDGED), outcomes(found));
        assertEquals(
                List.of("failed: killed", "measured first: vector is 1.00 times naive, the floor is 4.00"),
                found.verdicts().getLast().reasons());
    }

    @Test
    void runInWhichEveryBenchmarkFailsIsAnErrorThatSaysWhy() {
        GateException e = assertThrows(GateException.class, () -> run((limit, again) -> {
            throw new GateException("failed: the lock is taken");
        }));
        assertEquals("every benchmark failed, the first one failed: the lock is taken", e.getMessage());
    }

    @Test
    void messageOfAFailureHasALineOfEachCause() {
        IllegalStateException fork = new IllegalStateException("exit code 137\nand a page of output");
        IllegalStateException outer = new IllegalStateException("ERROR: Benchmark caught the exception", new Error());
        outer.getCause().addSuppressed(fork);
        assertEquals("Benchmark caught the exception: Error: exit code 137", JmhMeter.messages(outer));
    }

    private GateRun.Measured run(GateRun.Meter meter) {
        GateRun.Meter counted = (limit, again) -> {
            measured.add(limit.benchmark() + (again ? " again" : ""));
            return meter.measure(limit, again);
        };
        return new GateRun(counted, 256, new PrintStream(progress, true, StandardCharsets.UTF_8)).run(LIMITS);
    }

    /** Both rungs, naive at 100 operations a second. */
    private static String pair(Limit limit, int vector, double bytes) {
        return new JmhJson().throughput(limit.benchmark(), size(64, "NAIVE"), "[ 100.0 ]", "5000.0")
                .throughput(limit.benchmark(), size(64, "VECTOR"), "[ " + vector + ".0 ]", String.valueOf(bytes))
                .text();
    }

    private static List<Outcome> outcomes(GateRun.Measured found) {
        return found.verdicts().stream().map(Verdict::outcome).toList();
    }
}
