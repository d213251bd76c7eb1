package dev.lanewise.examples.imdb.batch;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;

/**
 * The batches of one pass over a set: every review in exactly one of them, reviews of like length
 * together, so that little of the arithmetic is spent on padding.
 *
 * <p>A training pass shuffles the reviews, sorts stretches of {@value #POOL} batches' worth by length,
 * cuts them into batches, and shuffles these. Sorting stretches rather than the whole keeps the company
 * of a review changing from pass to pass. The order follows from the set, the sizes, the seed and the
 * number of the pass alone.
 */
public final class Batches {

    /** Batches in a stretch that is sorted by length. */
    private static final int POOL = 50;

    private final EncodedSet set;
    private final BatchSize batchSize;
    private final int[] order;
    private final int[] starts;

    private Batches(EncodedSet set, BatchSize batchSize, int[] order, int[] starts) {
        this.set = set;
        this.batchSize = batchSize;
        this.order = order;
        this.starts = starts;
    }

    /**
     * A shuffled pass for training.
     *
     * @param set the reviews
     * @param batchSize how large the batches are
     * @param seed any number
     * @param epoch the number of the pass; another pass, another order
     * @return its batches
     */
    public static Batches shuffled(EncodedSet set, BatchSize batchSize, long seed, int epoch) {
        Random random = new Random(mix(seed, epoch));
        int[] order = identity(set.size());
        shuffle(order, random);
        int pool = (int) Math.min(order.length, (long) POOL * batchSize.maxReviews());
        for (int from = 0; from < order.length; from += pool) {
            sortByLength(set, order, from, Math.min(order.length, from + pool));
        }
        int[] starts = cut(set, order, batchSize);
        int[] ranks = identity(starts.length - 1);
        shuffle(ranks, random);
        int[] mixed = new int[order.length];
        int[] mixedStarts = new int[starts.length];
        int n = 0;
        for (int i = 0; i < ranks.length; i++) {
            int count = starts[ranks[i] + 1] - starts[ranks[i]];
            System.arraycopy(order, starts[ranks[i]], mixed, n, count);
            n += count;
            mixedStarts[i + 1] = n;
        }
        return new Batches(set, batchSize, mixed, mixedStarts);
    }

    /**
     * A pass for evaluation: all reviews sorted by length, shortest first.
     *
     * @param set the reviews
     * @param batchSize how large the batches are
     * @return its batches
     */
    public static Batches byLength(EncodedSet set, BatchSize batchSize) {
        int[] order = identity(set.size());
        sortByLength(set, order, 0, order.length);
        return new Batches(set, batchSize, order, cut(set, order, batchSize));
    }

    /**
     * The number of batches.
     *
     * @return 0 for an empty set
     */
    public int count() {
        return starts.length - 1;
    }

    /**
     * The number of reviews in a batch.
     *
     * @param index from 0 to {@code count() - 1}
     * @return at least 1
     */
    public int size(int index) {
        return starts[index + 1] - starts[index];
    }

    /**
     * Fills a batch.
     *
     * @param index from 0 to {@code count() - 1}
     * @param target overwritten; may have held any other batch
     * @throws IndexOutOfBoundsException for any other index
     */
    public void fill(int index, Batch target) {
        target.fill(set, order, starts[index], starts[index + 1], batchSize.multiple());
    }

    /**
     * The share of cells in the padded batches that are padding.
     *
     * @return from 0 to below 1
     */
    public double paddingShare() {
        long cells = 0;
        for (int b = 0; b < count(); b++) {
            int longest = 0;
            for (int i = starts[b]; i < starts[b + 1]; i++) {
                longest = Math.max(longest, set.get(order[i]).length());
            }
            cells += (long) size(b) * batchSize.padded(longest);
        }
        return cells == 0 ? 0 : 1 - set.tokens() / (double) cells;
    }

    private static int[] cut(EncodedSet set, int[] order, BatchSize batchSize) {
        int[] starts = new int[order.length + 1];
        int batches = 0;
        int longest = 0;
        for (int i = 0; i < order.length; i++) {
            longest = Math.max(longest, set.get(order[i]).length());
            if (!batchSize.holds(i - starts[batches] + 1, longest) && i > starts[batches]) {
                starts[++batches] = i;
                longest = set.get(order[i]).length();
            }
        }
        if (order.length > 0) {
            starts[++batches] = order.length;
        }
        return Arrays.copyOf(starts, batches + 1);
    }

    /** Sorts by length and leaves reviews of one length in the order they had. */
    private static void sortByLength(EncodedSet set, int[] order, int from, int to) {
        Integer[] part = new Integer[to - from];
        for (int i = from; i < to; i++) {
            part[i - from] = order[i];
        }
        Arrays.sort(part, Comparator.comparingInt(index -> set.get(index).length()));
        for (int i = from; i < to; i++) {
            order[i] = part[i - from];
        }
    }

    private static int[] identity(int n) {
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        return order;
    }

    private static void shuffle(int[] values, Random random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = values[i];
            values[i] = values[j];
            values[j] = swap;
        }
    }

    /** Far-apart generator states for neighbouring seeds and passes (SplitMix64's finaliser). */
    private static long mix(long seed, int epoch) {
        long z = seed + 0x9E3779B97F4A7C15L * (epoch + 1L);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
