package dev.lanewise.examples.imdb.data;

import java.util.List;

/**
 * The two labelled parts of Stanford's data set.
 *
 * @param train the training part, sorted by label and number; copied
 * @param test the test part, sorted by label and number; copied
 */
public record OfficialParts(List<Review> train, List<Review> test) {

    /** Takes copies of both lists. */
    public OfficialParts {
        train = List.copyOf(train);
        test = List.copyOf(test);
    }
}
