package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.BY_2;
import static dev.lanewise.vector.Lanes.BY_4;
import static dev.lanewise.vector.Lanes.BY_8;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The passes over one row that the forward pass of layer normalisation is made of; the row stays in the L1 cache between them. */
final class NormRow {
    private NormRow() {}

    /** {@code sum of x}. */
    static float sum(int n, float[] x, int offset) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        FloatVector sum2 = FloatVector.zero(SPECIES);
        FloatVector sum3 = FloatVector.zero(SPECIES);
        FloatVector sum4 = FloatVector.zero(SPECIES);
        FloatVector sum5 = FloatVector.zero(SPECIES);
        FloatVector sum6 = FloatVector.zero(SPECIES);
        FloatVector sum7 = FloatVector.zero(SPECIES);
        int i = 0;
        for (int bound = n & -8 * LANES; i < bound; i += 8 * LANES) {
            sum0 = sum0.add(FloatVector.fromArray(SPECIES, x, offset + i));
            sum1 = sum1.add(FloatVector.fromArray(SPECIES, x, offset + i + LANES));
            sum2 = sum2.add(FloatVector.fromArray(SPECIES, x, offset + i + 2 * LANES));
            sum3 = sum3.add(FloatVector.fromArray(SPECIES, x, offset + i + 3 * LANES));
            sum4 = sum4.add(FloatVector.fromArray(SPECIES, x, offset + i + 4 * LANES));
            sum5 = sum5.add(FloatVector.fromArray(SPECIES, x, offset + i + 5 * LANES));
            sum6 = sum6.add(FloatVector.fromArray(SPECIES, x, offset + i + 6 * LANES));
            sum7 = sum7.add(FloatVector.fromArray(SPECIES, x, offset + i + 7 * LANES));
        }
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            sum0 = sum0.add(FloatVector.fromArray(SPECIES, x, offset + i));
        }
        if (i < n) {
            sum1 = sum1
                    .add(FloatVector.fromArray(SPECIES, x, offset + i, VectorMask.fromLong(SPECIES, firstBits(n - i))));
        }
        sum0 = sum0.add(sum4).add(sum2.add(sum6));
        sum1 = sum1.add(sum5).add(sum3.add(sum7));
        // Lanes.sum, written out: in a method of this size it would be a call, and its argument an object.
        FloatVector total = sum0.add(sum1);
        total = LANES > 8 ? total.add(total.rearrange(BY_8)) : total;
        total = LANES > 4 ? total.add(total.rearrange(BY_4)) : total;
        total = total.add(total.rearrange(BY_2));
        return total.lane(0) + total.lane(1);
    }

    /** {@code sum of (x - mean)^2}. */
    static float squaredDeviations(int n, float mean, float[] x, int offset) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        FloatVector sum2 = FloatVector.zero(SPECIES);
        FloatVector sum3 = FloatVector.zero(SPECIES);
        FloatVector sum4 = FloatVector.zero(SPECIES);
        FloatVector sum5 = FloatVector.zero(SPECIES);
        FloatVector sum6 = FloatVector.zero(SPECIES);
        FloatVector sum7 = FloatVector.zero(SPECIES);
        int i = 0;
        for (int bound = n & -8 * LANES; i < bound; i += 8 * LANES) {
            FloatVector d0 = FloatVector.fromArray(SPECIES, x, offset + i).sub(mean);
            FloatVector d1 = FloatVector.fromArray(SPECIES, x, offset + i + LANES).sub(mean);
            FloatVector d2 = FloatVector.fromArray(SPECIES, x, offset + i + 2 * LANES).sub(mean);
            FloatVector d3 = FloatVector.fromArray(SPECIES, x, offset + i + 3 * LANES).sub(mean);
            FloatVector d4 = FloatVector.fromArray(SPECIES, x, offset + i + 4 * LANES).sub(mean);
            FloatVector d5 = FloatVector.fromArray(SPECIES, x, offset + i + 5 * LANES).sub(mean);
            FloatVector d6 = FloatVector.fromArray(SPECIES, x, offset + i + 6 * LANES).sub(mean);
            FloatVector d7 = FloatVector.fromArray(SPECIES, x, offset + i + 7 * LANES).sub(mean);
            sum0 = d0.fma(d0, sum0);
            sum1 = d1.fma(d1, sum1);
            sum2 = d2.fma(d2, sum2);
            sum3 = d3.fma(d3, sum3);
            sum4 = d4.fma(d4, sum4);
            sum5 = d5.fma(d5, sum5);
            sum6 = d6.fma(d6, sum6);
            sum7 = d7.fma(d7, sum7);
        }
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector d = FloatVector.fromArray(SPECIES, x, offset + i).sub(mean);
            sum0 = d.fma(d, sum0);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            // Masked, since the lanes that are not set deviate by -mean rather than by zero.
            FloatVector d = FloatVector.zero(SPECIES)
                    .blend(FloatVector.fromArray(SPECIES, x, offset + i, mask).sub(mean), mask);
            sum1 = d.fma(d, sum1);
        }
        sum0 = sum0.add(sum4).add(sum2.add(sum6));
        sum1 = sum1.add(sum5).add(sum3.add(sum7));
        // Lanes.sum, written out: in a method of this size it would be a call, and its argument an object.
        FloatVector total = sum0.add(sum1);
        total = LANES > 8 ? total.add(total.rearrange(BY_8)) : total;
        total = LANES > 4 ? total.add(total.rearrange(BY_4)) : total;
        total = total.add(total.rearrange(BY_2));
        return total.lane(0) + total.lane(1);
    }

    /** {@code y = (x - mean) * rstd * gamma + beta}. */
    static void normalize(
            int n,
            float mean,
            float rstd,
            float[] x,
            int xOffset,
            float[] gamma,
            int gammaOffset,
            float[] beta,
            int betaOffset,
            float[] y,
            int yOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i)
                    .sub(mean)
                    .mul(rstd)
                    .fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i),
                            FloatVector.fromArray(SPECIES, beta, betaOffset + i))
                    .intoArray(y, yOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector.fromArray(SPECIES, x, xOffset + i, mask)
                    .sub(mean)
                    .mul(rstd)
                    .fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i, mask),
                            FloatVector.fromArray(SPECIES, beta, betaOffset + i, mask))
                    .intoArray(y, yOffset + i, mask);
        }
    }
}
