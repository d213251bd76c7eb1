package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The cut of a product into rectangles, simulated for up to 64 threads. */
@Tag("once")
class SplitTest {
    private static final int NR = 32;

    private static final int[][] SHAPES = {
        {512, 512, 512}, {1024, 1024, 1024}, {4096, 4096, 4096}, {8192, 128, 128}, {8192, 512, 128}, {8192, 128, 512},
        {128, 8192, 512}, {16, 4096, 4096}, {4096, 16, 4096}, {333, 777, 1000}, {1, 100_000, 6400}, {100_000, 1, 6400},
        {127, 33, 100_000}
    };

    @Test
    void everyElementIsInExactlyOneRectangle() {
        for (int threads : new int[] {1, 2, 3, 7, 64}) {
            for (int[] shape : new int[][] {{1, 1, 5000}, {45, 70, 900}, {14, 300, 800}, {300, 14, 800},
                {64, 64, 64}}) {
                Split split = cut(shape, threads);
                byte[] seen = new byte[shape[0] * shape[1]];
                for (int part = 0; part < split.parts(); part++) {
                    for (int i = split.firstRow(part); i < split.endRow(part); i++) {
                        for (int j = split.firstColumn(part); j < split.endColumn(part); j++) {
                            seen[i * shape[1] + j]++;
                        }
                    }
                }
                byte[] once = new byte[seen.length];
                Arrays.fill(once, (byte) 1);
                assertEquals(Arrays.toString(once), Arrays.toString(seen), Arrays.toString(shape) + " on " + threads);
            }
        }
    }

    @Test
    void columnsAreCutAtWholePanels() {
        Split split = cut(new int[] {16, 4000, 4096}, 7);
        assertEquals(7, split.parts());
        for (int part = 0; part < split.parts(); part++) {
            assertEquals(0, split.firstColumn(part) % NR);
        }
    }

    @Test
    void smallProductsStayOnOneThread() {
        assertEquals(1, cut(new int[] {64, 64, 64}, 64).parts());
        assertEquals(1, cut(new int[] {8, 8, 1000}, 64).parts());
        assertEquals(2, cut(new int[] {128, 128, 128}, 64).parts());
    }

    @Test
    void sizesBeyondTheRangeOfLongAreCutToo() {
        Split split = new Split(NR);
        split.cut(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 64);
        assertEquals(64, split.parts());
        assertEquals(Integer.MAX_VALUE, split.endRow(63));
        assertEquals(Integer.MAX_VALUE, split.endColumn(63));
    }

    @Test
    void largeProductsKeepEveryThreadBusy() {
        for (int[] shape : SHAPES) {
            for (int threads : new int[] {1, 2, 4, 7, 8, 16, 64}) {
                double balance = balance(cut(shape, threads), shape, threads);
                // Rows and panels of columns that no number of threads divides evenly leave the last ones with less.
                long units = Math.max(shape[0], Blocking.ceilDiv(shape[1], NR));
                double floor = units >= 4L * threads ? 0.75 : 0.4;
                assertTrue(balance >= floor, Arrays.toString(shape) + " on " + threads + ": " + balance);
            }
        }
    }

    /** The share of the threads' time that is work, if every element of C takes equally long. */
    private static double balance(Split split, int[] shape, int threads) {
        long largest = 0;
        for (int part = 0; part < split.parts(); part++) {
            long rows = split.endRow(part) - split.firstRow(part);
            long columns = split.endColumn(part) - split.firstColumn(part);
            largest = Math.max(largest, rows * columns);
        }
        return (double) shape[0] * shape[1] / largest / threads;
    }

    private static Split cut(int[] shape, int threads) {
        Split split = new Split(NR);
        split.cut(shape[0], shape[1], shape[2], threads);
        return split;
    }
}
