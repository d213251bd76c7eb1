package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.BY_2;
import static dev.lanewise.vector.Lanes.BY_4;
import static dev.lanewise.vector.Lanes.BY_8;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The first pass of a normalisation that follows a residual connection: the row is added up and summed while it is written.
 *
 * <p>With and without a bias are two methods, and what remains of a row is no loop: a test within the loop, and a sum that
 * goes around a masked one, now and then left the vectors objects for good.
 */
final class ResidualRow {
    private ResidualRow() {}

    /** {@code out = x + residual}; returns the sum of out. */
    static float add(
            int n,
            float[] x,
            int xOffset,
            float[] residual,
            int residualOffset,
            float[] out,
            int outOffset) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        int i = 0;
        for (int bound = n & -2 * LANES; i < bound; i += 2 * LANES) {
            FloatVector s0 = FloatVector.fromArray(SPECIES, x, xOffset + i)
                    .add(FloatVector.fromArray(SPECIES, residual, residualOffset + i));
            FloatVector s1 = FloatVector.fromArray(SPECIES, x, xOffset + i + LANES)
                    .add(FloatVector.fromArray(SPECIES, residual, residualOffset + i + LANES));
            s0.intoArray(out, outOffset + i);
            s1.intoArray(out, outOffset + i + LANES);
            sum0 = sum0.add(s0);
            sum1 = sum1.add(s1);
        }
        if (i + LANES <= n) {
            FloatVector s = FloatVector.fromArray(SPECIES, x, xOffset + i)
                    .add(FloatVector.fromArray(SPECIES, residual, residualOffset + i));
            s.intoArray(out, outOffset + i);
            sum0 = sum0.add(s);
            i += LANES;
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector s = FloatVector.fromArray(SPECIES, x, xOffset + i, mask)
                    .add(FloatVector.fromArray(SPECIES, residual, residualOffset + i, mask));
            s.intoArray(out, outOffset + i, mask);
            sum0 = sum0.add(s);
        }
        // Lanes.sum, written out: in a method of this size it would be a call, and its argument an object.
        FloatVector total = sum0.add(sum1);
        total = LANES > 8 ? total.add(total.rearrange(BY_8)) : total;
        total = LANES > 4 ? total.add(total.rearrange(BY_4)) : total;
        total = total.add(total.rearrange(BY_2));
        return total.lane(0) + total.lane(1);
    }

    /** {@code out = x + residual + bias}; returns the sum of out. */
    static float addBiased(
            int n,
            float[] x,
            int xOffset,
            float[] residual,
            int residualOffset,
            float[] bias,
            int biasOffset,
            float[] out,
            int outOffset) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        int i = 0;
        for (int bound = n & -2 * LANES; i < bound; i += 2 * LANES) {
            FloatVector s0 = FloatVector.fromArray(SPECIES, x, xOffset + i)
                    .add(FloatVector.fromArray(SPECIES, residual, residualOffset + i))
                    .add(FloatVector.fromArray(SPECIES, bias, biasOffset + i));
            FloatVector s1 = FloatVector.fromArray(SPECIES, x, xOffset + i + LANES)
                    .add(FloatVector.fromArray(SPECIES, residual, residualOffset + i + LANES))
                    .add(FloatVector.fromArray(SPECIES, bias, biasOffset + i + LANES));
            s0.intoArray(out, outOffset + i);
            s1.intoArray(out, outOffset + i + LANES);
            sum0 = sum0.add(s0);
            sum1 = sum1.add(s1);
        }
        if (i + LANES <= n) {
            FloatVector s = FloatVector.fromArray(SPECIES, x, xOffset + i)
                    .add(FloatVector.fromArray(SPECIES, residual, residualOffset + i))
                    .add(FloatVector.fromArray(SPECIES, bias, biasOffset + i));
            s.intoArray(out, outOffset + i);
            sum0 = sum0.add(s);
            i += LANES;
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector s = FloatVector.fromArray(SPECIES, x, xOffset + i, mask)
                    .add(FloatVector.fromArray(SPECIES, residual, residualOffset + i, mask))
                    .add(FloatVector.fromArray(SPECIES, bias, biasOffset + i, mask));
            s.intoArray(out, outOffset + i, mask);
            sum0 = sum0.add(s);
        }
        // Lanes.sum, written out: in a method of this size it would be a call, and its argument an object.
        FloatVector total = sum0.add(sum1);
        total = LANES > 8 ? total.add(total.rearrange(BY_8)) : total;
        total = LANES > 4 ? total.add(total.rearrange(BY_4)) : total;
        total = total.add(total.rearrange(BY_2));
        return total.lane(0) + total.lane(1);
    }
}
