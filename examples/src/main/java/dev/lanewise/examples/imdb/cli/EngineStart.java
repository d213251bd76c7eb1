package dev.lanewise.examples.imdb.cli;

import dev.lanewise.Engine;
import dev.lanewise.EngineInfo;
import dev.lanewise.Implementation;
import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.training.TrainingListener;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts the engine and tells in one line what it runs on, and what to type where it could be faster. */
final class EngineStart {

    /** The engine's own log line would say the same in another form. Held here, or its level would be lost. */
    private static final Logger ENGINE_LOG = Logger.getLogger("dev.lanewise");

    private EngineStart() {}

    /**
     * Starts an engine, to be closed by the caller.
     *
     * @throws ImdbException if a property of the engine is malformed or asks for what is not there
     */
    static Engine start(int threads, TrainingListener listener) {
        ENGINE_LOG.setLevel(Level.OFF);
        Engine engine;
        try {
            engine = Engine.builder().threads(threads).build();
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new ImdbException(e.getMessage(), e);
        }
        listener.note(describe(engine.info()));
        return engine;
    }

    static String describe(EngineInfo info) {
        String where = "Engine: " + info.implementation() + ", " + info.vectorBits() + " bits, " + info.threads()
                + (info.threads() == 1 ? " thread" : " threads");
        return info.implementation() == Implementation.VECTOR ? where : where + "; slower, since " + info.reason();
    }
}
