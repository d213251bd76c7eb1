package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is chosen, and what the chooser says about it. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
final class ImplementationChooserTest {
    private final boolean vectors = VectorSupport.obstacle().isEmpty();
    private String before;

    @BeforeEach
    void keepProperty() {
        before = System.getProperty(ImplementationChooser.PROPERTY);
        System.clearProperty(ImplementationChooser.PROPERTY);
    }

    @AfterEach
    void restoreProperty() {
        if (before == null) {
            System.clearProperty(ImplementationChooser.PROPERTY);
        } else {
            System.setProperty(ImplementationChooser.PROPERTY, before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "auto", "AUTO"})
    void leftAloneTheBestIsChosen(String property) {
        if (!property.isEmpty()) {
            System.setProperty(ImplementationChooser.PROPERTY, property);
        }
        ImplementationChooser.Choice choice = ImplementationChooser.choose(null);
        assertEquals(vectors ? Implementation.VECTOR : Implementation.SCALAR, choice.implementation());
        assertFalse(choice.reason().isBlank());
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "Scalar"})
    void thePropertyCanAskForScalar(String property) {
        System.setProperty(ImplementationChooser.PROPERTY, property);
        ImplementationChooser.Choice choice = ImplementationChooser.choose(null);
        assertEquals(Implementation.SCALAR, choice.implementation());
        assertEquals(32, choice.kernels().vectorBits());
        assertTrue(choice.reason().contains(ImplementationChooser.PROPERTY), choice.reason());
    }

    @Test
    void thePropertyCanAskForVectorsWhereTheyAre() {
        assumeTrue(vectors);
        System.setProperty(ImplementationChooser.PROPERTY, "vector");
        ImplementationChooser.Choice choice = ImplementationChooser.choose(null);
        assertEquals(Implementation.VECTOR, choice.implementation());
        assertTrue(choice.kernels().vectorBits() >= 128);
        assertTrue(choice.reason().contains(ImplementationChooser.PROPERTY), choice.reason());
    }

    @Test
    void theProgramDecidesBeforeTheProperty() {
        System.setProperty(ImplementationChooser.PROPERTY, "vector");
        assertEquals(Implementation.SCALAR, ImplementationChooser.choose(Implementation.SCALAR).implementation());
    }

    @Test
    void askedForVectorsWhereThereAreNoneItFailsAndSaysWhatToType() {
        assumeFalse(vectors);
        IllegalStateException byProgram = assertThrows(
                IllegalStateException.class, () -> ImplementationChooser.choose(Implementation.VECTOR));
        assertTrue(byProgram.getMessage().contains("--add-modules jdk.incubator.vector"), byProgram.getMessage());
        System.setProperty(ImplementationChooser.PROPERTY, "vector");
        IllegalStateException byProperty = assertThrows(
                IllegalStateException.class, () -> ImplementationChooser.choose(null));
        assertTrue(byProperty.getMessage().contains("--add-modules jdk.incubator.vector"), byProperty.getMessage());
    }

    @Test
    void aFallbackSaysWhatToType() {
        assumeFalse(vectors);
        String reason = ImplementationChooser.choose(null).reason();
        assertTrue(reason.contains("--add-modules jdk.incubator.vector"), reason);
    }

    @Test
    void anUnknownPropertyIsAnError() {
        System.setProperty(ImplementationChooser.PROPERTY, "gpu");
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> ImplementationChooser.choose(null));
        assertTrue(e.getMessage().contains("auto, vector or scalar"), e.getMessage());
        assertTrue(e.getMessage().contains("gpu"), e.getMessage());
    }
}
