package dev.lanewise.benchmarks.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures several blocks in turns, round by round, so that whatever the machine does meanwhile hits all of them alike. A
 * ratio is taken within a round, and the median of the ratios is what is reported.
 */
final class Turns {
    /** Rounds before the first that counts. */
    private static final int WARM_ROUNDS = 3;

    /** A block that would take longer than this over all rounds takes part in fewer of them. */
    private static final double MOST_SECONDS = 12;

    private static final int FEWEST_ROUNDS = 3;

    /**
     * What runs before a turn of several threads counts. A thread that wakes is put on the core of the one that woke it, and
     * the system takes up to some tens of milliseconds to move it to an idle one.
     */
    private static final long LEAD_NANOS = 25_000_000;

    private final int rounds;
    private final long blockNanos;
    private final ProcessClock clock;
    private final List<Turn> turns = new ArrayList<>();

    /**
     * Sets up a measurement.
     *
     * @param rounds how often each block is timed
     * @param blockNanos about how long a block takes
     * @param clock waits between turns, or null where no library has threads of its own
     */
    Turns(int rounds, long blockNanos, ProcessClock clock) {
        this.rounds = rounds;
        this.blockNanos = blockNanos;
        this.clock = clock;
    }

    /** Adds a block, in which one run counts as {@code work}. */
    void add(Block block, double work) {
        turns.add(new Turn(block, work));
    }

    /** Times all blocks; returns work a nanosecond, [blocks x rounds], with NaN where a slow block sat out. */
    double[][] measure() throws InterruptedException {
        for (Turn turn : turns) {
            turn.calibrate();
        }
        double[][] speeds = new double[turns.size()][rounds];
        for (int round = -WARM_ROUNDS; round < rounds; round++) {
            for (int i = 0; i < turns.size(); i++) {
                // To and fro, so that nobody always runs after the same neighbour.
                int at = (round & 1) == 0 ? i : turns.size() - 1 - i;
                Turn turn = turns.get(at);
                if (round < 0) {
                    turn.warm();
                } else {
                    speeds[at][round] = turn.takesPart(round) ? turn.speed() : Double.NaN;
                }
            }
        }
        return speeds;
    }

    /** The median of the values that are numbers. */
    static double median(double[] values) {
        double[] sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length == 0 ? Double.NaN
                : sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** The median of {@code a / b}, round by round. */
    static double medianRatio(double[] a, double[] b) {
        double[] ratios = new double[a.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = a[i] / b[i];
        }
        return median(ratios);
    }

    private final class Turn {
        private final Block block;
        private final double work;
        private long times = 1;
        private int every = 1;

        Turn(Block block, double work) {
            this.block = block;
            this.work = work;
        }

        /** Finds how many runs fill a block. */
        void calibrate() {
            long nanos = time(times);
            while (nanos < blockNanos / 2) {
                times *= 2;
                nanos = time(times);
            }
            times = Math.max(1, Math.round((double) times * blockNanos / nanos));
            double seconds = 1e-9 * time(times);
            int most = (int) Math.max(FEWEST_ROUNDS, MOST_SECONDS / seconds);
            every = Math.max(1, (rounds + most - 1) / most);
        }

        boolean takesPart(int round) {
            return round % every == 0;
        }

        void warm() {
            if (every == 1) {
                time(times);
            }
        }

        double speed() throws InterruptedException {
            if (clock != null) {
                clock.awaitIdle();
                long start = System.nanoTime();
                do {
                    block.run(Math.max(1, times / 4));
                } while (System.nanoTime() - start < LEAD_NANOS);
            }
            return times * work / time(times);
        }

        private long time(long count) {
            long start = System.nanoTime();
            block.run(count);
            return System.nanoTime() - start;
        }
    }
}
