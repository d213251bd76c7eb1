package dev.lanewise.examples.imdb.batch;

/**
 * A review as numbers. The arrays are the record's own; do not write to them.
 *
 * @param words word numbers, {@code [length]}, at least one
 * @param bigrams for each position the pair of words that ends there, {@code [length]}, 0 for none;
 *     null where the encoder has no n-grams
 * @param trigrams the same for triples
 * @param label 1 for positive, 0 for negative
 */
public record EncodedReview(int[] words, int[] bigrams, int[] trigrams, int label) {

    /** Refuses an empty review, arrays of unequal length and labels other than 0 and 1. */
    public EncodedReview {
        if (words.length == 0) {
            throw new IllegalArgumentException("a review needs at least one token");
        }
        if ((bigrams == null) != (trigrams == null)) {
            throw new IllegalArgumentException("bigrams and trigrams come together or not at all");
        }
        if (bigrams != null
                && (bigrams.length != words.length || trigrams.length != words.length)) {
            throw new IllegalArgumentException(
                    "lengths differ: %d words, %d bigrams, %d trigrams"
                            .formatted(words.length, bigrams.length, trigrams.length));
        }
        if (label != 0 && label != 1) {
            throw new IllegalArgumentException("label must be 0 or 1, got " + label);
        }
    }

    /**
     * A review without n-grams.
     *
     * @param words word numbers, at least one
     * @param label 1 for positive, 0 for negative
     * @return the review
     */
    public static EncodedReview ofWords(int[] words, int label) {
        return new EncodedReview(words, null, null, label);
    }

    /**
     * The number of tokens.
     *
     * @return at least 1
     */
    public int length() {
        return words.length;
    }

    /**
     * Whether the review carries n-grams.
     *
     * @return whether {@link #bigrams()} and {@link #trigrams()} are there
     */
    public boolean hasNGrams() {
        return bigrams != null;
    }
}
