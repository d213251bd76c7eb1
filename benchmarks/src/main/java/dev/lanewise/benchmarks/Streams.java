package dev.lanewise.benchmarks;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Passes over contiguous floats that do as little as can be done with them. What is read is combined by a bitwise or, which
 * takes one cycle: eight sums, whose additions take four, reached 85 % of its speed in the first-level cache.
 */
final class Streams {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);
    private static final int LANES = SPECIES.length();

    /** Lengths are multiples of this many floats at any width. */
    static final int STEP = 128;

    private Streams() {}

    /** The bits that any of {@code n} elements has, so many times. */
    static int read(int passes, float[] data, int x, int n) {
        IntVector any0 = IntVector.zero(INTS);
        IntVector any1 = IntVector.zero(INTS);
        IntVector any2 = IntVector.zero(INTS);
        IntVector any3 = IntVector.zero(INTS);
        for (int pass = 0; pass < passes; pass++) {
            for (int i = x; i < x + n; i += 8 * LANES) {
                any0 = any0.or(FloatVector.fromArray(SPECIES, data, i).reinterpretAsInts());
                any1 = any1.or(FloatVector.fromArray(SPECIES, data, i + LANES).reinterpretAsInts());
                any2 = any2.or(FloatVector.fromArray(SPECIES, data, i + 2 * LANES).reinterpretAsInts());
                any3 = any3.or(FloatVector.fromArray(SPECIES, data, i + 3 * LANES).reinterpretAsInts());
                any0 = any0.or(FloatVector.fromArray(SPECIES, data, i + 4 * LANES).reinterpretAsInts());
                any1 = any1.or(FloatVector.fromArray(SPECIES, data, i + 5 * LANES).reinterpretAsInts());
                any2 = any2.or(FloatVector.fromArray(SPECIES, data, i + 6 * LANES).reinterpretAsInts());
                any3 = any3.or(FloatVector.fromArray(SPECIES, data, i + 7 * LANES).reinterpretAsInts());
            }
        }
        return any0.or(any1).or(any2.or(any3)).reduceLanes(VectorOperators.OR);
    }

    /** {@code y = x} for {@code n} elements, so many times. */
    static void copy(int passes, float[] data, int x, int y, int n) {
        for (int pass = 0; pass < passes; pass++) {
            for (int i = 0; i < n; i += 4 * LANES) {
                FloatVector v0 = FloatVector.fromArray(SPECIES, data, x + i);
                FloatVector v1 = FloatVector.fromArray(SPECIES, data, x + i + LANES);
                FloatVector v2 = FloatVector.fromArray(SPECIES, data, x + i + 2 * LANES);
                FloatVector v3 = FloatVector.fromArray(SPECIES, data, x + i + 3 * LANES);
                v0.intoArray(data, y + i);
                v1.intoArray(data, y + i + LANES);
                v2.intoArray(data, y + i + 2 * LANES);
                v3.intoArray(data, y + i + 3 * LANES);
            }
        }
    }

    /** {@code z = x + factor * y} for {@code n} elements, so many times. */
    static void triad(int passes, float factor, float[] data, int x, int y, int z, int n) {
        FloatVector f = FloatVector.broadcast(SPECIES, factor);
        for (int pass = 0; pass < passes; pass++) {
            for (int i = 0; i < n; i += 2 * LANES) {
                FloatVector v0 = FloatVector.fromArray(SPECIES, data, x + i);
                FloatVector v1 = FloatVector.fromArray(SPECIES, data, x + i + LANES);
                FloatVector w0 = FloatVector.fromArray(SPECIES, data, y + i);
                FloatVector w1 = FloatVector.fromArray(SPECIES, data, y + i + LANES);
                w0.fma(f, v0).intoArray(data, z + i);
                w1.fma(f, v1).intoArray(data, z + i + LANES);
            }
        }
    }
}
