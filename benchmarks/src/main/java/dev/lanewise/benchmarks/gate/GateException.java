package dev.lanewise.benchmarks.gate;

/** The gate can't do its work; the message is one line that tells the user what to do. */
final class GateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GateException(String message) {
        super(message);
    }

    GateException(String message, Throwable cause) {
        super(message, cause);
    }
}
