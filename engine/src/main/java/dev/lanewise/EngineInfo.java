package dev.lanewise;

/**
 * What an engine runs on, and why.
 *
 * @param implementation the code that runs
 * @param vectorBits width of a vector register in bits; 32 for scalar code
 * @param threads number of threads that work at once
 * @param jdk version of the Java runtime
 * @param reason why this implementation was chosen; names what to type where it is a fallback
 */
public record EngineInfo(Implementation implementation, int vectorBits, int threads, String jdk, String reason) {
    /**
     * One line for a log.
     *
     * @return for example {@code VECTOR, 512 bits, 2 threads, JDK 25.0.3 (the Vector API is there)}
     */
    @Override
    public String toString() {
        return implementation + ", " + vectorBits + " bits, " + threads + (threads == 1 ? " thread" : " threads")
                + ", JDK "
                + jdk + " (" + reason + ")";
    }
}
