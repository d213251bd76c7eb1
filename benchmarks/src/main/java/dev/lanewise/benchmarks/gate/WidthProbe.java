package dev.lanewise.benchmarks.gate;

import dev.lanewise.Engine;
import dev.lanewise.benchmarks.Ladder;

/**
 * Prints the width of the vectors in bits that a JVM started with the options of the forks runs with. The gate's own JVM
 * can't tell: it may have been started without the Vector API.
 */
final class WidthProbe {
    private WidthProbe() {}

    /** Prints one number, or to standard error why there is none, and exits with 1. */
    public static void main(String[] args) {
        try (Engine engine = Ladder.VECTOR.open()) {
            System.out.println(engine.info().vectorBits());
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
