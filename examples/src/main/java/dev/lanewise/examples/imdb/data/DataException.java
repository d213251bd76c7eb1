package dev.lanewise.examples.imdb.data;

import dev.lanewise.examples.imdb.ImdbException;
import java.nio.file.Path;

/**
 * Data that cannot be used as it is. The message is written for the person who started the program:
 * one line that names the file, the line or entry where known, what is wrong and what to do.
 */
public final class DataException extends ImdbException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message one line for the user
     */
    public DataException(String message) {
        super(message);
    }

    /**
     * Creates an exception with the failure behind it.
     *
     * @param message one line for the user
     * @param cause the failure behind it
     */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Something wrong in one line of a file.
     *
     * @param file the file
     * @param line the line, counted from 1
     * @param what what is wrong and what to do
     * @return the exception, to be thrown
     */
    public static DataException at(Path file, long line, String what) {
        return new DataException(file + ", line " + line + ": " + what);
    }

    /**
     * Something wrong with a file as a whole.
     *
     * @param file the file
     * @param what what is wrong and what to do
     * @return the exception, to be thrown
     */
    public static DataException in(Path file, String what) {
        return new DataException(file + ": " + what);
    }
}
