package dev.lanewise.benchmarks.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.benchmarks.LadderBenchmark;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class LimitsReaderTest {
    private static final String GOOD = """
            [{"benchmark": "A.b", "params": {"size": "64"}, "floors": {"256": 4.0}, "bytesPerOperation": 16}]
            """;

    @Test
    void everyBenchmarkOfTheLadderHasALimitForEveryWidth() throws ClassNotFoundException {
        List<Limit> limits = LimitsReader.bundled();
        Set<String> limited = limits.stream().map(Limit::benchmark).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(ladderBenchmarks(), limited);
        for (Limit limit : limits) {
            assertEquals(Set.of(128, 256, 512), limit.floors().keySet(), limit.benchmark());
            assertTrue(limit.floors().get(128) <= limit.floors().get(512), limit.benchmark());
        }
    }

    @Test
    void readsFloorsByWidth() {
        Limit limit = LimitsReader.read("x", GOOD).getFirst();
        assertEquals("A.b", limit.benchmark());
        assertEquals("size=64", limit.paramText());
        assertEquals(4.0, limit.floors().get(256));
        assertEquals(16.0, limit.ceiling());
    }

    @Test
    void limitThatWouldGuardNothingIsAnError() {
        assertMessage("[]", "x has no limit");
        assertMessage(GOOD.replace("bytesPerOperation", "bytesPerOp"), "x, limit 1 (A.b): \"bytesPerOp\" is not known");
        assertMessage(GOOD.replace(", \"bytesPerOperation\": 16", ""), "x, limit 1 (A.b): bytesPerOperation must be");
        assertMessage(GOOD.replace("16}", "\"NaN\"}"), "x, limit 1 (A.b): bytesPerOperation must be above zero");
        assertMessage(GOOD.replace("\"256\": 4.0", ""), "x, limit 1 (A.b) has no floors");
        assertMessage(GOOD.replace("4.0", "0"), "x, limit 1 (A.b): floor 256 must be above zero, but is 0.0");
        assertMessage(GOOD.replace("256", "avx2"),
                "x, limit 1 (A.b): floors are named by a width in bits, not \"avx2\"");
        assertMessage(GOOD.replace("\"64\"", "64"), "x, limit 1 (A.b): \"size\" must be text");
        String limit = GOOD.strip().substring(1, GOOD.strip().length() - 1);
        assertMessage("[" + limit + "," + limit + "]", "x has two limits for A.b size=64");
    }

    private static void assertMessage(String text, String start) {
        GateException e = assertThrows(GateException.class, () -> LimitsReader.read("x", text));
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
    }

    private static Set<String> ladderBenchmarks() throws ClassNotFoundException {
        Set<String> names = new TreeSet<>();
        for (BenchmarkListEntry entry : BenchmarkList.defaultList().getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())) {
            if (LadderBenchmark.class.isAssignableFrom(Class.forName(entry.getUserClassQName()))) {
                names.add(entry.getUsername().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1"));
            }
        }
        return names;
    }
}
