package dev.lanewise.examples.imdb.model;

import dev.lanewise.examples.imdb.ImdbException;

/** A model file that is missing, cut, foreign or does not fit its neighbours; the message names the file. */
public final class ModelFormatException extends ImdbException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message one line that names the file, what is wrong with it and what to do
     */
    public ModelFormatException(String message) {
        super(message);
    }

    /**
     * @param message one line that names the file, what is wrong with it and what to do
     * @param cause the parser's or file system's own complaint
     */
    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
