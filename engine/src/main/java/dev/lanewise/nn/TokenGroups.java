package dev.lanewise.nn;

/**
 * How the passes of a block cut a batch: into groups of whole sequences, and a long sequence into runs of rows where no
 * token looks at another. Depends on the sizes alone, never on the number of threads. Kept from batch to batch, so that to
 * cut one allocates nothing once there is room.
 */
final class TokenGroups {
    /**
     * Rows that are worked on together. With a model of 128 columns, what an operation reads and writes of them takes up to a
     * megabyte, half of a second-level cache; and a product of so many rows is nearly as fast as any larger one.
     */
    static final int ROWS = 256;

    /** Shares that the gradients of parameters are summed in, each by one thread: bounds the memory they take. */
    private static final int MOST_SHARES = 4;

    /** Parameters of a block up to which shares pay: more leave no room in the cache, and their products are long enough. */
    private static final int SHARED_PARAMETERS = 1 << 18;

    private boolean ragged;
    private int batch;
    private int count;
    private int rows;
    private int longestRun;
    private int longest;

    /** Tokens of each sequence, and sequences of a group, where all have one length. */
    private int seqLen;

    private int perGroup = 1;

    /** Otherwise the first row of each sequence and the end of the last, and the first sequence of each group and the end. */
    private int[] starts = {};

    private int[] firsts = {};

    /** Cuts sequences of one length into groups. */
    void cut(int sequences, int tokens) {
        cutEvenly(sequences, tokens, Math.clamp(ROWS / Math.max(1, tokens), 1, Math.max(1, sequences)));
    }

    /** Sequences of one length, all in one group. */
    void whole(int sequences, int tokens) {
        cutEvenly(sequences, tokens, Math.max(1, sequences));
    }

    private void cutEvenly(int sequences, int tokens, int sequencesPerGroup) {
        ragged = false;
        batch = sequences;
        seqLen = tokens;
        longest = tokens;
        perGroup = sequencesPerGroup;
        count = (batch + perGroup - 1) / perGroup;
        rows = Math.min(batch, perGroup) * seqLen;
        longestRun = run(rows);
    }

    /** Cuts sequences that lie end to end, from {@code offsets[b]} to {@code offsets[b + 1] - 1}, into groups. */
    void cutRagged(int sequences, int[] offsets) {
        cutWhereFull(sequences, offsets, ROWS);
    }

    /** Sequences that lie end to end, all in one group. */
    void wholeRagged(int sequences, int[] offsets) {
        cutWhereFull(sequences, offsets, Integer.MAX_VALUE);
    }

    private void cutWhereFull(int sequences, int[] offsets, int full) {
        ragged = true;
        batch = sequences;
        starts = Shapes.grow(starts, batch + 1);
        firsts = Shapes.grow(firsts, batch + 1);
        System.arraycopy(offsets, 0, starts, 0, batch + 1);
        count = 0;
        longest = 0;
        int first = 0;
        for (int b = 0; b < batch; b++) {
            if (b == 0 || starts[b + 1] - starts[first] > full) {
                first = b;
                firsts[count++] = b;
            }
            longest = Math.max(longest, starts[b + 1] - starts[b]);
        }
        firsts[count] = batch;
        rows = 0;
        longestRun = 0;
        for (int group = 0; group < count; group++) {
            int groupRows = rows(group);
            rows = Math.max(rows, groupRows);
            // Not that of the largest group: 256 rows are one run, 257 are two of 129.
            longestRun = Math.max(longestRun, run(groupRows));
        }
    }

    /** Whether the sequences have lengths of their own. */
    boolean ragged() {
        return ragged;
    }

    /** The number of sequences. */
    int batch() {
        return batch;
    }

    /** Tokens of the longest sequence, padding included. */
    int longest() {
        return longest;
    }

    /** Tokens of the whole batch. */
    int tokens() {
        return start(batch);
    }

    /** The number of groups. */
    int count() {
        return count;
    }

    /** Number of a group's first sequence; that of the group behind the last one ends it. */
    int firstSequence(int group) {
        return ragged ? firsts[group] : Math.min(batch, group * perGroup);
    }

    /** Sequences of a group. */
    int sequences(int group) {
        return firstSequence(group + 1) - firstSequence(group);
    }

    /** Number of a sequence's first token in the batch; that of the sequence behind the last one ends it. */
    int start(int sequence) {
        return ragged ? starts[sequence] : sequence * seqLen;
    }

    /** Number of a group's first token in the batch. */
    int firstRow(int group) {
        return start(firstSequence(group));
    }

    /** Number of the first token behind a group. */
    int endRow(int group) {
        return start(firstSequence(group + 1));
    }

    /** Tokens of a group. */
    int rows(int group) {
        return endRow(group) - firstRow(group);
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

    /** Rows of the longest run of any group. */
    int longestRun() {
        return longestRun;
    }

    /** Rows of the largest group. */
    int rows() {
        return rows;
    }
}
