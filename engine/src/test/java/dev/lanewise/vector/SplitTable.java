package dev.lanewise.vector;

import java.util.Locale;

/**
 * Prints how products are cut for many threads, as the table in docs/matrix-multiply.md; the cuts themselves are tested by
 * {@link SplitTest}. Each cell: rows x columns of the grid of rectangles; the balance, which is the share of the threads'
 * time that is work if every element of C takes equally long; and how many times one thread's speed that would be, with the
 * packing that every rectangle does for itself.
 */
final class SplitTable {
    private static final int NR = 32;

    private static final int[] THREADS = {1, 2, 4, 7, 8, 16, 32, 64};

    private static final int[][] SHAPES = {
        {128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {1000, 1000, 1000}, {4096, 4096, 4096},
        {8192, 128, 512}, {8192, 512, 128}, {128, 512, 8192}, {16, 4096, 4096}, {4096, 16, 4096}, {64, 64, 65536}
    };

    private SplitTable() {}

    /**
     * Prints the table.
     *
     * @param args none
     */
    public static void main(String[] args) {
        StringBuilder text = new StringBuilder("| m x n x k |");
        for (int threads : THREADS) {
            text.append(' ').append(threads).append(" |");
        }
        text.append("\n|---|").append("---|".repeat(THREADS.length)).append('\n');
        for (int[] shape : SHAPES) {
            text.append("| ").append(shape[0]).append(" x ").append(shape[1]).append(" x ").append(shape[2])
                    .append(" |");
            for (int threads : THREADS) {
                text.append(' ').append(cell(shape[0], shape[1], shape[2], threads)).append(" |");
            }
            text.append('\n');
        }
        System.out.print(text);
    }

    private static String cell(int m, int n, int k, int threads) {
        Split split = new Split(NR);
        split.cut(m, n, k, threads);
        long largest = 0;
        double longest = 0;
        int gridRows = 0;
        for (int part = 0; part < split.parts(); part++) {
            long rows = split.endRow(part) - split.firstRow(part);
            long columns = split.endColumn(part) - split.firstColumn(part);
            largest = Math.max(largest, rows * columns);
            longest = Math.max(longest, time(rows, columns));
            gridRows += split.firstColumn(part) == 0 ? 1 : 0;
        }
        double balance = (double) m * n / largest / threads;
        double speed = time(m, n) / longest;
        return String.format(
                Locale.ROOT, "%d x %d, %.0f %%, %.1f", gridRows, split.parts() / gridRows, 100 * balance, speed);
    }

    /** Of a rectangle, in multiply-adds for each step of the depth. */
    private static double time(double rows, double columns) {
        return rows * columns + Split.PACKING * (rows + columns);
    }
}
