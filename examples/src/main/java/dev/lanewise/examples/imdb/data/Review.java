package dev.lanewise.examples.imdb.data;

import java.util.Objects;

/**
 * One film review with its label.
 *
 * @param text the text as found in the file, tags and all
 * @param positive whether the reviewer liked the film
 * @param id where the text stands in its source, e.g. {@code train/pos/200_8} or {@code line 17};
 *     unique within a source
 * @param film a key shared by the reviews of one film, or the empty string where it is not known
 */
public record Review(String text, boolean positive, String id, String film) {

    /** Refuses null components. */
    public Review {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(film, "film");
    }

    /**
     * The label as a class index.
     *
     * @return 1 for a positive review, 0 for a negative one
     */
    public int label() {
        return positive ? 1 : 0;
    }
}
