package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import dev.lanewise.kernels.Dropout;
import dev.lanewise.kernels.ElementwiseKernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Additions, sums and dropout, one pass over the elements. */
final class VectorElementwise implements ElementwiseKernels {
    /** Elements whose squares are summed in float lanes before they go into a double: 64 a lane with 16 lanes. */
    private static final int SQUARES_BLOCK = 4096;

    /**
     * The smallest sum of a block that float lanes know as well as any other. Where a sum is below 2^-126, each multiply-add may
     * lose 2^-150, half of the smallest float, and those of a block 4096 times that: of 2^-114, half of a unit in the last place.
     */
    private static final float LEAST_SQUARES = 0x1p-114f;

    @Override
    public void add(int n, float[] x, int xOffset, float[] y, int yOffset, float[] out, int outOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).add(FloatVector.fromArray(SPECIES, y, yOffset + i))
                    .intoArray(out, outOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector.fromArray(SPECIES, x, xOffset + i, mask)
                    .add(FloatVector.fromArray(SPECIES, y, yOffset + i, mask))
                    .intoArray(out, outOffset + i, mask);
        }
    }

    @Override
    public void scale(int n, float factor, float[] x, int xOffset, float[] y, int yOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factor).intoArray(y, yOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector.fromArray(SPECIES, x, xOffset + i, mask).mul(factor).intoArray(y, yOffset + i, mask);
        }
    }

    @Override
    public void addBias(
            int rows,
            int cols,
            float[] x,
            int xOffset,
            int ldx,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset,
            int ldy) {
        for (int r = 0; r < rows; r++) {
            add(cols, x, xOffset + r * ldx, bias, biasOffset, y, yOffset + r * ldy);
        }
    }

    @Override
    public void biasGradient(
            int rows, int colFrom, int colTo, float[] dY, int dYOffset, int lddY, float[] dBias, int dBiasOffset) {
        int n = colTo - colFrom;
        ColumnSums.add(rows, n, dY, dYOffset + colFrom, lddY, dBias, dBiasOffset + colFrom);
    }

    @Override
    public void dropout(
            int n, float probability, long seed, long firstIndex, float[] x, int xOffset, float[] y, int yOffset) {
        int threshold = Dropout.threshold(probability);
        if (threshold >= 1 << 24) {
            Arrays.fill(y, yOffset, yOffset + n, 0f);
            return;
        }
        int done = 0;
        while (done < n) {
            long index = firstIndex + done;
            // The upper half of the index goes into the key, so a stretch ends where it changes.
            int part = (int) Math.min(n - done, 0x1_0000_0000L - (index & 0xffff_ffffL));
            dropout(
                    part, threshold, 1 / (1 - probability), (int) index, Dropout.firstKey(seed, index),
                    Dropout.secondKey(seed), x, xOffset + done, y, yOffset + done);
            done += part;
        }
    }

    private static void dropout(
            int n,
            int threshold,
            float factor,
            int firstIndex,
            int firstKey,
            int secondKey,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset) {
        IntVector index = Lanes.iota(firstIndex);
        for (int i = 0; i < n; i += LANES) {
            // One body for full vectors and the partial one: two copies of it are more than the compiler inlines.
            boolean full = i + LANES <= n;
            // Dropout.mix, twice, written out: in a method of its own it may stay a call and make objects.
            IntVector h = index.add(i).lanewise(VectorOperators.XOR, firstKey);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(Dropout.MULTIPLIER_1);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15)).mul(Dropout.MULTIPLIER_2);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
            h = h.lanewise(VectorOperators.XOR, secondKey);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(Dropout.MULTIPLIER_1);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15)).mul(Dropout.MULTIPLIER_2);
            IntVector bits = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
            VectorMask<Float> kept = bits.lanewise(VectorOperators.LSHR, 8).compare(VectorOperators.GE, threshold)
                    .cast(SPECIES);
            if (full) {
                FloatVector vx = FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factor);
                FloatVector.zero(SPECIES).blend(vx, kept).intoArray(y, yOffset + i);
            } else {
                VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
                FloatVector vx = FloatVector.fromArray(SPECIES, x, xOffset + i, mask).mul(factor);
                FloatVector.zero(SPECIES).blend(vx, kept).intoArray(y, yOffset + i, mask);
            }
        }
    }

    @Override
    public double sumOfSquares(int n, float[] x, int xOffset) {
        double sum = 0;
        for (int from = 0; from < n; from += SQUARES_BLOCK) {
            int length = Math.min(SQUARES_BLOCK, n - from);
            float squares = SoftmaxRow.dot(length, x, xOffset + from, x, xOffset + from);
            boolean inRange = squares >= LEAST_SQUARES && squares <= Float.MAX_VALUE;
            sum += inRange ? squares : squaresInDouble(length, x, xOffset + from);
        }
        return sum;
    }

    /**
     * For a block whose squares leave the range of float, or that holds only zeros, an infinity or NaN. Four sums, since each
     * addition waits for the one before it, and gradients of zero are common enough.
     */
    private static double squaresInDouble(int n, float[] x, int offset) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int end = offset + n;
        int i = offset;
        for (; i < end - 3; i += 4) {
            sum0 += square(x[i]);
            sum1 += square(x[i + 1]);
            sum2 += square(x[i + 2]);
            sum3 += square(x[i + 3]);
        }
        for (; i < end; i++) {
            sum0 += square(x[i]);
        }
        return sum0 + sum1 + (sum2 + sum3);
    }

    private static double square(double value) {
        return value * value;
    }
}
