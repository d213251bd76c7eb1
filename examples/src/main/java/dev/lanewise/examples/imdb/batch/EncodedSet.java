package dev.lanewise.examples.imdb.batch;

import java.util.List;

/**
 * Encoded reviews in a fixed order.
 *
 * @param reviews the reviews, all with n-grams or all without; copied
 */
public record EncodedSet(List<EncodedReview> reviews) {

    /** Takes a copy and refuses a mixture of reviews with and without n-grams. */
    public EncodedSet {
        reviews = List.copyOf(reviews);
        for (EncodedReview review : reviews) {
            if (review.hasNGrams() != reviews.getFirst().hasNGrams()) {
                throw new IllegalArgumentException("reviews with and without n-grams in one set");
            }
        }
    }

    /**
     * The number of reviews.
     *
     * @return the number of reviews
     */
    public int size() {
        return reviews.size();
    }

    /**
     * A review by its index.
     *
     * @param index from 0
     * @return the review
     */
    public EncodedReview get(int index) {
        return reviews.get(index);
    }

    /**
     * Whether the reviews carry n-grams.
     *
     * @return false for an empty set
     */
    public boolean hasNGrams() {
        return !reviews.isEmpty() && reviews.getFirst().hasNGrams();
    }

    /**
     * The number of tokens in all reviews.
     *
     * @return the sum of the lengths
     */
    public long tokens() {
        return reviews.stream().mapToLong(EncodedReview::length).sum();
    }

    /**
     * The number of positive reviews.
     *
     * @return the number of labels 1
     */
    public int positives() {
        return (int) reviews.stream().filter(review -> review.label() == 1).count();
    }
}
