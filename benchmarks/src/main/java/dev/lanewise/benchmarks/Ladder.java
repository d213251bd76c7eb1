package dev.lanewise.benchmarks;

import dev.lanewise.Engine;
import dev.lanewise.Implementation;
import java.util.Optional;
import java.util.stream.Stream;

/** The rungs that every kernel is measured on, from plain loops to vectors on all processors. */
public enum Ladder {
    /** The engine's scalar kernels on the calling thread: what a reader of the paper would write. */
    NAIVE(Implementation.SCALAR, 1),
    /** The vector kernels on the calling thread: what the Vector API and the memory layout gain. */
    VECTOR(Implementation.VECTOR, 1),
    /** The vector kernels on all processors: what a program gets. */
    VECTOR_PARALLEL(Implementation.VECTOR, 0);

    private final Implementation kernels;
    private final int threads;

    Ladder(Implementation kernels, int threads) {
        this.kernels = kernels;
        this.threads = threads;
    }

    /**
     * Finds a rung by the value of the benchmark parameter.
     *
     * @param implementation name of a rung, or of something else
     * @return empty if there is no such rung
     */
    public static Optional<Ladder> find(String implementation) {
        return Stream.of(values()).filter(rung -> rung.name().equals(implementation)).findFirst();
    }

    /**
     * Starts an engine that runs this rung and nothing else.
     *
     * @return a new engine, to be closed
     * @throws IllegalStateException if this JVM can't run the rung; there is no fallback
     */
    public Engine open() {
        int size = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        return Engine.builder().implementation(kernels).threads(size).build();
    }
}
