package dev.lanewise.launch;

import dev.lanewise.Engine;

/** A program that embeds the engine: prints the engine's module, implementation, width and reason, one a line. */
public final class PrintEngineInfo {
    private PrintEngineInfo() {}

    /**
     * Starts an engine and tells what it runs.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Module module = Engine.class.getModule();
        try (Engine engine = Engine.serial()) {
            System.out.println(module.isNamed() ? module.getName() : "class path");
            System.out.println(engine.info().implementation());
            System.out.println(engine.info().vectorBits());
            System.out.println(engine.info().reason());
        }
    }
}
