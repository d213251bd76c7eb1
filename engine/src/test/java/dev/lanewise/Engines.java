package dev.lanewise;

import dev.lanewise.kernels.KernelSet;
import dev.lanewise.runtime.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The engines that the contract tests run on: every implementation that this JVM offers, on 1, 2 and 7 threads. */
final class Engines {
    private static final Workers TWO = Workers.of(2);
    private static final Workers SEVEN = Workers.of(7);

    private Engines() {}

    /** For {@code @MethodSource}: SCALAR always, VECTOR where its kernels run. */
    static Stream<Implementation> implementations() {
        List<Implementation> found = new ArrayList<>(List.of(Implementation.SCALAR));
        if (VectorSupport.obstacle().isEmpty()) {
            found.add(Implementation.VECTOR);
        }
        return found.stream();
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
