package dev.lanewise.testing;

import java.util.Random;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives a test its generator, as a parameter of type {@link Random}, and says on failure how to replay it. The generator
 * follows from the seed and from the test's own name, so that a single test replays alone.
 */
public final class Seeds implements ParameterResolver, TestExecutionExceptionHandler {
    private static final long SEED = Long.getLong("test.seed", 20_260_101L);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Random.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return new Random(SEED * 0x9e3779b97f4a7c15L + test.getUniqueId().hashCode());
    }

    @Override
    public void handleTestExecutionException(ExtensionContext test, Throwable failure) throws Throwable {
        failure.addSuppressed(new Replay());
        throw failure;
    }

    /** Not a failure of its own: carries the line to type into the report of the one that it is attached to. */
    private static final class Replay extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Replay() {
            super("replay with -Dtest.seed=" + SEED, null, false, false);
        }
    }
}
