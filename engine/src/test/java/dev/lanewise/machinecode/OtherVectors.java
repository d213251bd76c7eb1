package dev.lanewise.machinecode;

import java.time.Duration;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * What a program may do with the Vector API before it starts an engine: vectors of all widths, masks for the rest of a row. The
 * compiler counts what passes through a method of that API, whoever calls it, and guesses by that what will.
 */
final class OtherVectors {
    private static final Duration TIME = Duration.ofSeconds(2);

    /** A row with a rest at every width. */
    private static final int N = 1003;

    private OtherVectors() {}

    /** Works for some time. */
    static void run() {
        float[] x = new float[N];
        float[] y = new float[N];
        long end = System.nanoTime() + TIME.toNanos();
        while (System.nanoTime() - end < 0) {
            for (VectorSpecies<Float> species : List.of(FloatVector.SPECIES_512, FloatVector.SPECIES_256,
                    FloatVector.SPECIES_128, FloatVector.SPECIES_64)) {
                masked(species, x, y);
                whole(species, x, y);
            }
        }
    }

    private static void masked(VectorSpecies<Float> species, float[] x, float[] y) {
        for (int i = 0; i < N; i += species.length()) {
            VectorMask<Float> mask = species.indexInRange(i, N);
            FloatVector v = FloatVector.fromArray(species, x, i, mask);
            FloatVector w = FloatVector.fromArray(species, y, i, mask);
            v.fma(w, w).add(v).mul(2f).blend(0f, v.compare(VectorOperators.LE, w)).intoArray(y, i, mask);
        }
    }

    private static void whole(VectorSpecies<Float> species, float[] x, float[] y) {
        VectorShuffle<Float> next = VectorShuffle.iota(species, 1, 1, true);
        for (int i = 0; i < species.loopBound(N); i += species.length()) {
            FloatVector v = FloatVector.fromArray(species, x, i);
            FloatVector w = FloatVector.fromArray(species, y, i);
            v.fma(w, w).sub(v).max(w.abs()).div(3f).rearrange(next).intoArray(y, i);
            y[i] = v.reduceLanes(VectorOperators.ADD) + v.lane(1);
        }
    }
}
