package dev.lanewise;

import dev.lanewise.kernels.KernelSet;
import dev.lanewise.runtime.Workers;
import java.util.List;
import java.util.stream.Stream;

/** The engines that the contract tests run on: every implementation that this JVM offers, on 1, 2 and 7 threads. */
final class Engines {
    private static final Workers TWO = Workers.of(2);
    private static final Workers SEVEN = Workers.of(7);

    private Engines() {}

    /** SCALAR, and VECTOR where its kernels run. */
    static List<Implementation> available() {
        return VectorSupport.obstacle().isEmpty() ? List.of(Implementation.SCALAR, Implementation.VECTOR)
                : List.of(Implementation.SCALAR);
    }

    /**
     * For {@code @MethodSource}: what is available. A run at another width of vectors leaves out SCALAR, whose kernels know
     * no width.
     */
    static Stream<Implementation> implementations() {
        boolean scalar = Boolean.parseBoolean(System.getProperty("lanewise.tests.scalar", "true"));
        List<Implementation> available = available();
        return scalar ? available.stream() : available.subList(available.size() - 1, available.size()).stream();
    }

    /** An engine on the calling thread. */
    static Engine serial(Implementation implementation) {
        return Engine.builder().implementation(implementation).workers(Workers.serial()).build();
    }

    /** Engines on 1, 2 and 7 threads; the first is the reference. The teams are shared and need no closing. */
    static List<Engine> threads(Implementation implementation) {
        return Stream.of(Workers.serial(), TWO, SEVEN)
                .map(workers -> Engine.builder().implementation(implementation).workers(workers).build()).toList();
    }

    /** The kernels alone, without checks and splits. */
    static KernelSet kernels(Implementation implementation) {
        return ImplementationChooser.choose(implementation).kernels();
    }
}
