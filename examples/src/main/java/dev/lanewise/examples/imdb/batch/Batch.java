package dev.lanewise.examples.imdb.batch;

import java.util.Arrays;

/**
 * A padded batch in buffers that are used again for the next one: the arrays are at least as long as
 * stated, and only grow. Numbers after a review's length are 0, the padding token; an attention or a
 * pooling over them must be masked by {@link #lengths()}.
 */
public final class Batch {

    private int[] ids = new int[0];
    private int[] bigrams = new int[0];
    private int[] trigrams = new int[0];
    private int[] lengths = new int[0];
    private int[] labels = new int[0];
    private int[] indices = new int[0];
    private int size;
    private int seqLen;
    private boolean hasNGrams;

    /** Creates an empty batch; {@link Batches#fill} fills it. */
    public Batch() {}

    /**
     * The number of reviews.
     *
     * @return the number of rows
     */
    public int size() {
        return size;
    }

    /**
     * The length of the longest review, rounded up to the multiple asked for; the row stride of the
     * padded arrays.
     *
     * @return the number of columns
     */
    public int seqLen() {
        return seqLen;
    }

    /**
     * Whether bigrams and trigrams are filled.
     *
     * @return whether the set carries n-grams
     */
    public boolean hasNGrams() {
        return hasNGrams;
    }

    /**
     * Word numbers.
     *
     * @return the buffer, {@code [size x seqLen]}, row-major
     */
    public int[] ids() {
        return ids;
    }

    /**
     * Numbers of the word pairs that end at each position, 0 for none.
     *
     * @return the buffer, {@code [size x seqLen]}, row-major; of length 0 without n-grams
     */
    public int[] bigrams() {
        return bigrams;
    }

    /**
     * Numbers of the word triples that end at each position, 0 for none.
     *
     * @return the buffer, {@code [size x seqLen]}, row-major; of length 0 without n-grams
     */
    public int[] trigrams() {
        return trigrams;
    }

    /**
     * The unpadded length of each review, at least 1.
     *
     * @return the buffer, {@code [size]}
     */
    public int[] lengths() {
        return lengths;
    }

    /**
     * The label of each review, 0 or 1.
     *
     * @return the buffer, {@code [size]}
     */
    public int[] labels() {
        return labels;
    }

    /**
     * Where each review stands in its set, to bring predictions back into order.
     *
     * @return the buffer, {@code [size]}
     */
    public int[] indices() {
        return indices;
    }

    void fill(EncodedSet set, int[] reviews, int from, int to, int multiple) {
        int longest = 1;
        for (int i = from; i < to; i++) {
            longest = Math.max(longest, set.get(reviews[i]).length());
        }
        size = to - from;
        seqLen = (longest + multiple - 1) / multiple * multiple;
        hasNGrams = set.hasNGrams();
        int cells = Math.multiplyExact(size, seqLen);
        ids = cleared(ids, cells);
        if (hasNGrams) {
            bigrams = cleared(bigrams, cells);
            trigrams = cleared(trigrams, cells);
        }
        lengths = cleared(lengths, size);
        labels = cleared(labels, size);
        indices = cleared(indices, size);
        for (int row = 0; row < size; row++) {
            int index = reviews[from + row];
            EncodedReview review = set.get(index);
            int length = review.length();
            System.arraycopy(review.words(), 0, ids, row * seqLen, length);
            if (hasNGrams) {
                System.arraycopy(review.bigrams(), 0, bigrams, row * seqLen, length);
                System.arraycopy(review.trigrams(), 0, trigrams, row * seqLen, length);
            }
            lengths[row] = length;
            labels[row] = review.label();
            indices[row] = index;
        }
    }

    private static int[] cleared(int[] buffer, int length) {
        if (buffer.length < length) {
            return new int[length];
        }
        Arrays.fill(buffer, 0, length, 0);
        return buffer;
    }
}
