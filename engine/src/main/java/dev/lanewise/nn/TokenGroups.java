package dev.lanewise.nn;

/**
 * How the passes of a block cut a batch: into groups of whole sequences, and a long sequence into runs of rows where no
 * token looks at another. Depends on the sizes alone, never on the number of threads.
 *
 * @param batch number of sequences
 * @param seqLen tokens of each
 * @param perGroup sequences of a group
 */
record TokenGroups(int batch, int seqLen, int perGroup) {
    /**
     * Rows that are worked on together. With a model of 128 columns, what an operation reads and writes of them takes up to a
     * megabyte, half of a second-level cache; and a product of so many rows is nearly as fast as any larger one.
     */
    static final int ROWS = 256;

    /** Shares that the gradients of parameters are summed in, each by one thread: bounds the memory they take. */
    private static final int MOST_SHARES = 4;

    /** Parameters of a block up to which shares pay: more leave no room in the cache, and their products are long enough. */
    private static final int SHARED_PARAMETERS = 1 << 18;

    static TokenGroups of(int batch, int seqLen) {
        return new TokenGroups(batch, seqLen, Math.clamp(ROWS / Math.max(1, seqLen), 1, Math.max(1, batch)));
    }

    /** The number of groups. */
    int count() {
        return (batch + perGroup - 1) / perGroup;
    }

    /** Number of a group's first token in the batch. */
    int firstRow(int group) {
        return group * perGroup * seqLen;
    }

    /** Number of the first token behind a group. */
    int endRow(int group) {
        return Math.min(batch, (group + 1) * perGroup) * seqLen;
    }

    /** The number of shares for the gradients of so many parameters. */
    int shares(int parameters) {
        return parameters <= SHARED_PARAMETERS ? Math.clamp(count(), 1, MOST_SHARES) : 1;
    }

    /** A share's first group; that of the share behind the last one ends it. */
    int firstGroup(int share, int shares) {
        return (int) ((long) count() * share / shares);
    }

    /** Rows of each run that a group of so many rows is cut into: equal runs rather than full ones and a short rest. */
    static int run(int rows) {
        int runs = Math.max(1, (rows + ROWS - 1) / ROWS);
        return (rows + runs - 1) / runs;
    }

    /** Rows of the largest group. */
    int rows() {
        return Math.min(batch, perGroup) * seqLen;
    }
}
