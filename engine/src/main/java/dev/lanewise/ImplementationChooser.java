package dev.lanewise;

import dev.lanewise.kernels.KernelSet;
import dev.lanewise.scalar.ScalarKernels;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Decides which implementation an engine runs, in a fixed order of questions; the first one that is answered with no ends
 * in scalar code and in one line that says why and what to type.
 *
 * <p>The system property {@code lanewise.implementation} ({@code auto}, {@code vector}, {@code scalar}) decides where the
 * program does not. Asked for vectors where there are none, the answer is an error, never a fallback.
 */
final class ImplementationChooser {
    /** The property that decides where the program does not. */
    static final String PROPERTY = "lanewise.implementation";

    private static final System.Logger LOG = System.getLogger("dev.lanewise");
    private static final AtomicBoolean LOGGED = new AtomicBoolean();

    private ImplementationChooser() {}

    /**
     * A decision.
     *
     * @param implementation what runs
     * @param kernels its kernels
     * @param reason why
     * @param fallback whether nobody asked for it
     */
    record Choice(Implementation implementation, KernelSet kernels, String reason, boolean fallback) {}

    /** Decides; {@code asked} is null where the program leaves it to the property and the machine. */
    static Choice choose(Implementation asked) {
        Choice choice = decide(asked);
        if (LOGGED.compareAndSet(false, true)) {
            LOG.log(
                    choice.fallback ? Level.WARNING : Level.DEBUG,
                    "Lanewise runs " + choice.implementation + " kernels, " + choice.kernels.vectorBits() + " bits: "
                            + choice.reason);
        }
        return choice;
    }

    private static Choice decide(Implementation asked) {
        Implementation wanted = asked;
        String by = "the program asked for it";
        if (wanted == null) {
            wanted = fromProperty();
            by = PROPERTY + " asks for it";
        }
        if (wanted == Implementation.SCALAR) {
            return new Choice(Implementation.SCALAR, ScalarKernels.INSTANCE, by, false);
        }
        Optional<String> obstacle = VectorSupport.obstacle();
        if (obstacle.isEmpty()) {
            String reason = wanted == null ? "the Vector API is there" : by;
            return new Choice(Implementation.VECTOR, VectorSupport.kernels(), reason, false);
        }
        if (wanted == Implementation.VECTOR) {
            throw new IllegalStateException("vector kernels were asked for, but " + obstacle.get());
        }
        return new Choice(Implementation.SCALAR, ScalarKernels.INSTANCE, obstacle.get(), true);
    }

    private static Implementation fromProperty() {
        String value = System.getProperty(PROPERTY, "auto").trim().toLowerCase(Locale.ROOT);
        return switch (value) {
            case "auto", "" -> null;
            case "vector" -> Implementation.VECTOR;
            case "scalar" -> Implementation.SCALAR;
            default -> throw new IllegalStateException(
                    PROPERTY + " must be auto, vector or scalar, but is '" + value + "'");
        };
    }
}
