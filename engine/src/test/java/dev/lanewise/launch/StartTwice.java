package dev.lanewise.launch;

import dev.lanewise.Engine;

/** A program that starts an engine twice: prints the number of its threads, or what was thrown, one a line. */
public final class StartTwice {
    private StartTwice() {}

    /**
     * Starts them.
     *
     * @param args none
     */
    public static void main(String[] args) {
        for (int i = 0; i < 2; i++) {
            try (Engine engine = Engine.start()) {
                System.out.println(engine.info().threads());
            } catch (RuntimeException | LinkageError e) {
                System.out.println(e);
            }
        }
    }
}
