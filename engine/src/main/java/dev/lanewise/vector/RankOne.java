package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Rows of an outer product. */
final class RankOne {
    private RankOne() {}

    /** {@code C[i, :] = w[i] * y} for four rows of {@code n} elements; what C holds is not read. */
    static void setFour(int n, float[] w, int wOffset, float[] y, int yOffset, float[] c, int row0, int ldc) {
        int row1 = row0 + ldc;
        int row2 = row1 + ldc;
        int row3 = row2 + ldc;
        FloatVector w0 = FloatVector.broadcast(SPECIES, w[wOffset]);
        FloatVector w1 = FloatVector.broadcast(SPECIES, w[wOffset + 1]);
        FloatVector w2 = FloatVector.broadcast(SPECIES, w[wOffset + 2]);
        FloatVector w3 = FloatVector.broadcast(SPECIES, w[wOffset + 3]);
        // Added to zero, as every sum is: a product of -0 is 0 then.
        FloatVector zero = FloatVector.zero(SPECIES);
        int j = 0;
        for (int bound = Lanes.bound(n); j < bound; j += LANES) {
            FloatVector vy = FloatVector.fromArray(SPECIES, y, yOffset + j);
            w0.fma(vy, zero).intoArray(c, row0 + j);
            w1.fma(vy, zero).intoArray(c, row1 + j);
            w2.fma(vy, zero).intoArray(c, row2 + j);
            w3.fma(vy, zero).intoArray(c, row3 + j);
        }
        if (j < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - j));
            FloatVector vy = FloatVector.fromArray(SPECIES, y, yOffset + j, mask);
            w0.fma(vy, zero).intoArray(c, row0 + j, mask);
            w1.fma(vy, zero).intoArray(c, row1 + j, mask);
            w2.fma(vy, zero).intoArray(c, row2 + j, mask);
            w3.fma(vy, zero).intoArray(c, row3 + j, mask);
        }
    }

    /** {@code c = w * y} for {@code n} elements; what c holds is not read. */
    static void set(int n, float w, float[] y, int yOffset, float[] c, int cOffset) {
        FloatVector vw = FloatVector.broadcast(SPECIES, w);
        FloatVector zero = FloatVector.zero(SPECIES);
        int j = 0;
        for (int bound = Lanes.bound(n); j < bound; j += LANES) {
            vw.fma(FloatVector.fromArray(SPECIES, y, yOffset + j), zero).intoArray(c, cOffset + j);
        }
        if (j < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - j));
            vw.fma(FloatVector.fromArray(SPECIES, y, yOffset + j, mask), zero).intoArray(c, cOffset + j, mask);
        }
    }

    /** {@code c = w * y + beta * c} for {@code n} elements. */
    static void update(int n, float w, float[] y, int yOffset, float beta, float[] c, int cOffset) {
        FloatVector vw = FloatVector.broadcast(SPECIES, w);
        FloatVector vb = FloatVector.broadcast(SPECIES, beta);
        int j = 0;
        for (int bound = Lanes.bound(n); j < bound; j += LANES) {
            vw.fma(FloatVector.fromArray(SPECIES, y, yOffset + j),
                    vb.mul(FloatVector.fromArray(SPECIES, c, cOffset + j)))
                    .intoArray(c, cOffset + j);
        }
        if (j < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - j));
            vw.fma(
                    FloatVector.fromArray(SPECIES, y, yOffset + j, mask),
                    vb.mul(FloatVector.fromArray(SPECIES, c, cOffset + j, mask)))
                    .intoArray(c, cOffset + j, mask);
        }
    }
}
