package dev.lanewise.examples.imdb;

/**
 * A mistake the user can mend: bad input, a missing file, a setting out of range. The message is one complete line that
 * names the file or option and says what to do; the command line prints it alone and exits with code 2.
 */
public class ImdbException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message one complete line for the user
     */
    public ImdbException(String message) {
        super(message);
    }

    /**
     * @param message one complete line for the user
     * @param cause what led to it, shown only on request
     */
    public ImdbException(String message, Throwable cause) {
        super(message, cause);
    }
}
