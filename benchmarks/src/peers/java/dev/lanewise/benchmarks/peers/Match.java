package dev.lanewise.benchmarks.peers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures one task after the other, each with all contenders in turns. The first contender is the engine. */
final class Match {
    private final List<Contender> contenders;
    private final int threads;
    private final int rounds;
    private final long blockNanos;
    private final Consumer<PeerException> skipped;

    Match(List<Contender> contenders, int threads, int rounds, long blockNanos, Consumer<PeerException> skipped) {
        this.contenders = contenders;
        this.threads = threads;
        this.rounds = rounds;
        this.blockNanos = blockNanos;
        this.skipped = skipped;
    }

    /** Speeds in 10^9 operations or elements a second by round, by the name of the contender; the peak is one of them. */
    Map<String, double[]> play(Task task) throws InterruptedException {
        Workload workload = task.workload();
        List<String> names = new ArrayList<>();
        List<Call> calls = new ArrayList<>();
        try (Peak peak = new Peak(threads)) {
            Turns turns = new Turns(rounds, blockNanos, threads > 1 ? new ProcessClock() : null);
            List<float[]> expected = null;
            for (Contender contender : contenders) {
                try {
                    Call call = contender.warmed(task, workload);
                    calls.add(call);
                    List<float[]> actual = Contender.result(call, workload);
                    expected = expected == null ? actual : expected;
                    Contender.agree(contender.peer().name(), expected, actual);
                    names.add(contender.peer().name());
                    turns.add(Block.of(call), workload.work());
                } catch (PeerException e) {
                    skipped.accept(e);
                }
            }
            if (task.countsOperations()) {
                names.add(Report.PEAK);
                warm(peak);
                turns.add(peak, peak.work());
            }
            double[][] speeds = turns.measure();
            Map<String, double[]> result = new HashMap<>();
            for (int i = 0; i < speeds.length; i++) {
                result.put(names.get(i), speeds[i]);
            }
            return result;
        } finally {
            calls.forEach(Call::close);
        }
    }

    private static void warm(Peak peak) {
        for (int i = 0; i < 2000; i++) {
            peak.run(10);
        }
    }
}
