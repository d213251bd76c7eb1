package dev.lanewise;

/** Which code the kernels of an {@link Engine} run. */
public enum Implementation {
    /** Plain loops: readable, the same everywhere, the baseline of every benchmark. */
    SCALAR,
    /** The Vector API, {@code jdk.incubator.vector}. */
    VECTOR
}
