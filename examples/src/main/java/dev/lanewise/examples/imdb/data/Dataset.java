package dev.lanewise.examples.imdb.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Reviews in three parts. Learn from {@code train}, choose epochs and settings by {@code validation}, look at
 * {@code test} once, at the end.
 *
 * @param source where the reviews come from, for people
 * @param train what a model learns from; copied
 * @param validation what settings are chosen by; no text, and where films are known no film, is in train too; copied
 * @param test what the result is measured on; no text is in train or validation too; copied
 * @param counts what was found on the way
 */
public record Dataset(String source, List<Review> train, List<Review> validation, List<Review> test, Counts counts) {

    /**
     * What was found while reading and splitting.
     *
     * @param read usable reviews read
     * @param duplicates reviews whose text stands in an earlier one
     * @param droppedFromTrain training reviews left out because their text stands in the test part
     * @param films different films, 0 where they are not known
     * @param skipped a line about faulty rows left out
     */
    public record Counts(int read, int duplicates, int droppedFromTrain, int films, String skipped) {}

    /** Takes copies of the lists and refuses parts that nothing can be learned from or measured on. */
    public Dataset {
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
        requireBothLabels(source, "training", train);
        if (validation.isEmpty() || test.isEmpty()) {
            throw new DataException(source + ": " + (train.size() + validation.size() + test.size())
                    + " reviews are too few to split into training, validation and test; use 20 or more");
        }
    }

    /**
     * Training and validation part in one, for a last training once all is chosen.
     *
     * @return a new list, training part first
     */
    public List<Review> trainAndValidation() {
        List<Review> both = new ArrayList<>(train);
        both.addAll(validation);
        return both;
    }

    private static void requireBothLabels(String source, String part, List<Review> reviews) {
        long positive = reviews.stream().filter(Review::positive).count();
        if (positive == 0 || positive == reviews.size()) {
            throw new DataException(source + ": the " + part + " part has " + reviews.size() + " reviews, " + positive
                    + " of them positive; training needs both labels");
        }
    }
}
