package dev.lanewise.examples.imdb.batch;

/**
 * How large a batch may become.
 *
 * @param maxReviews at most this many reviews
 * @param maxTokens at most this many cells of the padded batch, {@code size * seqLen}; a single review
 *     that is longer forms a batch by itself
 * @param multiple {@code seqLen} is rounded up to a multiple of this, for models that sum up groups
 *     of tokens
 */
public record BatchSize(int maxReviews, int maxTokens, int multiple) {

    /** Refuses numbers below 1. */
    public BatchSize {
        if (maxReviews < 1 || maxTokens < 1 || multiple < 1) {
            throw new IllegalArgumentException(
                    "all of maxReviews %d, maxTokens %d and multiple %d must be 1 or more"
                            .formatted(maxReviews, maxTokens, multiple));
        }
    }

    /**
     * Batches of a fixed number of reviews.
     *
     * @param reviews that number; the last batches may be smaller
     * @return the size
     */
    public static BatchSize ofReviews(int reviews) {
        return new BatchSize(reviews, Integer.MAX_VALUE, 1);
    }

    /**
     * Batches of about the same number of tokens: many short reviews or few long ones.
     *
     * @param tokens the most cells of a padded batch
     * @param maxReviews at most this many reviews
     * @return the size
     */
    public static BatchSize ofTokens(int tokens, int maxReviews) {
        return new BatchSize(maxReviews, tokens, 1);
    }

    /**
     * The same with lengths rounded up.
     *
     * @param lengthMultiple {@code seqLen} becomes a multiple of this
     * @return the size
     */
    public BatchSize withMultiple(int lengthMultiple) {
        return new BatchSize(maxReviews, maxTokens, lengthMultiple);
    }

    long padded(int length) {
        return ((long) length + multiple - 1) / multiple * multiple;
    }

    boolean holds(int reviews, int longest) {
        return reviews <= maxReviews && reviews * padded(longest) <= maxTokens;
    }
}
