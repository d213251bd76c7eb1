package dev.lanewise;

/**
 * How the facades cut their work: into blocks whose size follows from the shape alone, never from the number of threads,
 * so that what is summed by block has the same bits always.
 */
final class Blocks {
    /** Elements of a block: about 5 microseconds of a cheap kernel, several times the cost of a fork. */
    static final int ELEMENTS = 1 << 14;

    private Blocks() {}

    /** Number of blocks of the given size that cover n. */
    static int count(int n, int size) {
        return n == 0 ? 0 : (n - 1) / size + 1;
    }

    /** Rows of a block, where each row has the given number of elements; at least 1. */
    static int rows(long cols) {
        return (int) Math.max(1, ELEMENTS / Math.max(1, cols));
    }

    /** Elements in the given block, the last of which may be short. */
    static int length(int n, int size, int block) {
        return Math.min(size, n - block * size);
    }

    /** Rows of a block that leaves sums of its own: at least a 32nd of all, so that the sums stay small beside the rows. */
    static int summedRows(int rows, int cols) {
        return Math.max(rows(cols), (rows - 1) / 32 + 1);
    }

    /** {@code to += from}, for what blocks have left to be summed. */
    static void addTo(int n, float[] from, int fromOffset, float[] to, int toOffset) {
        for (int i = 0; i < n; i++) {
            to[toOffset + i] += from[fromOffset + i];
        }
    }

    /**
     * The distance between the sums of two blocks, where each has so many: a kilobyte more than they take. Were they side by
     * side, threads would write to one line and prefetch each other's next, and two would be slower than one.
     */
    static int apart(int sums) {
        return (sums + 31 & -32) + 256;
    }
}
