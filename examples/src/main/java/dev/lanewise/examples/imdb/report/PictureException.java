package dev.lanewise.examples.imdb.report;

/** A picture that could not be drawn or written; the rest of the results does not depend on it. */
public final class PictureException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * @param message one line that says what is wrong and what to do
     * @param cause what led to it
     */
    public PictureException(String message, Throwable cause) {
        super(message, cause);
    }
}
