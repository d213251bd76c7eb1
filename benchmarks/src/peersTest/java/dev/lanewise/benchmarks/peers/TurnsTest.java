package dev.lanewise.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final double NAN = Double.NaN;

    @Test
    void medianOfAnEvenCountLiesBetweenTheMiddleTwo() {
        assertEquals(2.5, Turns.median(new double[] {4, 1, 2, 3}));
        assertEquals(3, Turns.median(new double[] {9, 3, 1}));
    }

    @Test
    void roundsSatOutDoNotCount() {
        assertEquals(2, Turns.median(new double[] {NAN, 2, NAN}));
        assertEquals(0.5, Turns.medianRatio(new double[] {1, 7, 3}, new double[] {2, NAN, 6}));
        assertTrue(Double.isNaN(Turns.median(new double[] {NAN})));
    }

    @Test
    void ratioIsTakenWithinARound() {
        // The medians themselves are 20 and 10.
        assertEquals(3, Turns.medianRatio(new double[] {30, 10, 20}, new double[] {10, 20, 5}));
    }

    @Test
    void blockOfTwiceTheWorkIsHalfAsFast() throws InterruptedException {
        Turns turns = new Turns(9, 3_000_000, null);
        turns.add(times -> spin(times * 20_000), 1);
        turns.add(times -> spin(times * 40_000), 1);
        double[][] speeds = turns.measure();
        double ratio = Turns.medianRatio(speeds[0], speeds[1]);
        assertTrue(ratio > 1.6 && ratio < 2.5, () -> ratio + " of " + Arrays.deepToString(speeds));
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
