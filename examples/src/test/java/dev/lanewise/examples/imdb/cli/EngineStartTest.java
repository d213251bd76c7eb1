package dev.lanewise.examples.imdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.EngineInfo;
import dev.lanewise.Implementation;
import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.training.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EngineStartTest {

    private static final String PROPERTY = "lanewise.implementation";

    private static final String CACHES = "lanewise.caches";

    private String before;

    @BeforeEach
    void keepProperty() {
        before = System.getProperty(PROPERTY);
    }

    @AfterEach
    void restoreProperty() {
        if (before == null) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }

    @Test
    void engineIsAnnouncedInOneLine() {
        System.setProperty(PROPERTY, "scalar");
        List<String> notes = new ArrayList<>();
        try (Engine engine = EngineStart.start(2, new TrainingListener() {
            @Override
            public void note(String line) {
                notes.add(line);
            }
        })) {
            assertEquals(2, engine.info().threads());
        }
        assertEquals(List.of("Engine: SCALAR, 32 bits, 2 threads; slower, since " + PROPERTY + " asks for it"), notes);
    }

    @Test
    void propertyWithAnotherValueIsAMistakeOfTheUser() {
        System.setProperty(PROPERTY, "fast");
        String message = assertThrows(ImdbException.class, () -> EngineStart.start(1, TrainingListener.SILENT))
                .getMessage();
        assertTrue(message.contains("'fast'") && message.contains("auto, vector or scalar"), message);
    }

    @Test
    void malformedCachesAreAMistakeOfTheUser() {
        System.setProperty(CACHES, "foo");
        try {
            String message = assertThrows(ImdbException.class, () -> EngineStart.start(1, TrainingListener.SILENT))
                    .getMessage();
            assertTrue(message.contains(CACHES) && message.contains("foo"), message);
        } finally {
            System.clearProperty(CACHES);
        }
    }

    @Test
    void fallbackSaysWhatToType() {
        String line = EngineStart.describe(new EngineInfo(
                Implementation.SCALAR, 32, 1, "25",
                "the module is not loaded: add --add-modules x to the java command"));
        assertEquals(
                "Engine: SCALAR, 32 bits, 1 thread; slower, since the module is not loaded: add --add-modules x to the "
                        + "java command",
                line);
    }
}
