package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** The rotation of one head of one token: {@code y = x * cos + sign * partner(x) * sin}. */
final class RotaryRow {
    /** Every lane takes its neighbour within the pair. */
    private static final VectorShuffle<Float> NEIGHBOUR = VectorShuffle.fromOp(SPECIES, lane -> lane ^ 1);

    private RotaryRow() {}

    /** Pairs are neighbours; n is even. */
    static void interleaved(
            int n, float sign, float[] cos, float[] sin, int table, float[] x, int xOffset, float[] y, int yOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector across = v.rearrange(NEIGHBOUR).mul(sign);
            v.mul(FloatVector.fromArray(SPECIES, cos, table + i))
                    .add(across.mul(FloatVector.fromArray(SPECIES, sin, table + i))).intoArray(y, yOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i, mask);
            FloatVector across = v.rearrange(NEIGHBOUR).mul(sign);
            v.mul(FloatVector.fromArray(SPECIES, cos, table + i, mask))
                    .add(across.mul(FloatVector.fromArray(SPECIES, sin, table + i, mask)))
                    .intoArray(y, yOffset + i, mask);
        }
    }

    /** Pairs are half a head apart. */
    static void halves(
            int half, float sign, float[] cos, float[] sin, int table, float[] x, int xOffset, float[] y,
            int yOffset) {
        int i = 0;
        for (int bound = Lanes.bound(half); i < bound; i += LANES) {
            int j = i + half;
            FloatVector a = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector b = FloatVector.fromArray(SPECIES, x, xOffset + j);
            a.mul(FloatVector.fromArray(SPECIES, cos, table + i))
                    .add(b.mul(sign).mul(FloatVector.fromArray(SPECIES, sin, table + i))).intoArray(y, yOffset + i);
            b.mul(FloatVector.fromArray(SPECIES, cos, table + j))
                    .add(a.mul(sign).mul(FloatVector.fromArray(SPECIES, sin, table + j))).intoArray(y, yOffset + j);
        }
        if (i < half) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(half - i));
            int j = i + half;
            FloatVector a = FloatVector.fromArray(SPECIES, x, xOffset + i, mask);
            FloatVector b = FloatVector.fromArray(SPECIES, x, xOffset + j, mask);
            a.mul(FloatVector.fromArray(SPECIES, cos, table + i, mask))
                    .add(b.mul(sign).mul(FloatVector.fromArray(SPECIES, sin, table + i, mask)))
                    .intoArray(y, yOffset + i, mask);
            b.mul(FloatVector.fromArray(SPECIES, cos, table + j, mask))
                    .add(a.mul(sign).mul(FloatVector.fromArray(SPECIES, sin, table + j, mask)))
                    .intoArray(y, yOffset + j, mask);
        }
    }
}
