package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** That the contract tests cover what engines of this JVM run. */
final class EnginesTest {
    @Test
    void theContractTestsIncludeWhatAnEngineChooses() {
        try (Engine engine = Engine.start()) {
            assertTrue(Engines.implementations().toList().contains(engine.info().implementation()));
        }
    }
}
