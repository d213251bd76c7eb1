package dev.lanewise.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The width that all kernels work with, and what is done across the lanes of one vector. The helpers on vectors are for
 * short methods: in a long one the compiler leaves them as calls, and a vector that crosses a call becomes an object.
 */
final class Lanes {
    /** The widest vector of the machine, or what {@code -XX:MaxVectorSize} leaves of it. */
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** As many ints as {@link #SPECIES} has floats. */
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SPECIES.vectorShape());

    /** Floats in a vector: 16, 8 or 4. */
    static final int LANES = SPECIES.length();

    /** Lane i takes lane i + 8, around the end; with 8 lanes or fewer it moves nothing. */
    static final VectorShuffle<Float> BY_8 = rotation(8);

    /** Lane i takes lane i + 4, around the end; with 4 lanes it moves nothing. */
    static final VectorShuffle<Float> BY_4 = rotation(4);

    /** Lane i takes lane i + 2, around the end. */
    static final VectorShuffle<Float> BY_2 = rotation(2);

    private Lanes() {}

    private static VectorShuffle<Float> rotation(int distance) {
        return VectorShuffle.iota(SPECIES, distance % SPECIES.length(), 1, true);
    }

    /**
     * The first n lanes, from none to 63, as bits for {@code VectorMask.fromLong}: a mask whose class the compiler sees. It has to
     * guess that of one from an array or a parameter, by what the program did before, and where the program works with vectors of
     * another width as well, it gives up and makes an object of the mask.
     */
    static long firstBits(int n) {
        return (1L << n) - 1;
    }

    /** Lane l takes lane l ^ distance, which is its own inverse; with fewer lanes than that it moves nothing. */
    static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ distance) % LANES);
    }

    /** The lanes whose number has a bit: the upper ones of those that {@link #swap} exchanges. */
    static VectorMask<Float> withBit(int bit) {
        long lanes = 0;
        for (int lane = 0; lane < LANES; lane++) {
            lanes |= (lane & bit) == 0 ? 0 : 1L << lane;
        }
        return VectorMask.fromLong(SPECIES, lanes);
    }

    /** The end of the full vectors within n elements. */
    static int bound(int n) {
        return n & -LANES;
    }

    /** The end of the full groups of four vectors within n elements. */
    static int bound4(int n) {
        return n & -4 * LANES;
    }

    /**
     * The sum of the lanes: halves are added until one lane is left, {@code (v0 + v8) + (v4 + v12) + ...} with 16 lanes.
     * The order is fixed, which that of {@code reduceLanes} is not.
     */
    static float sum(FloatVector v) {
        FloatVector s = v;
        if (LANES > 8) {
            s = s.add(s.rearrange(BY_8));
        }
        if (LANES > 4) {
            s = s.add(s.rearrange(BY_4));
        }
        s = s.add(s.rearrange(BY_2));
        return s.lane(0) + s.lane(1);
    }

    /** The sum of the lanes of a vector that was stored: a long method leaves its sums in memory and calls this. */
    static float sum(float[] values, int offset) {
        return sum(FloatVector.fromArray(SPECIES, values, offset));
    }

    /** {@code first, first + 1, ...} by lane. */
    static IntVector iota(int first) {
        return IntVector.broadcast(INTS, first).addIndex(1);
    }
}
