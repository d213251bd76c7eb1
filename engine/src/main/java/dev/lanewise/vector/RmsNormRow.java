package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The passes over one row of a root mean square normalisation that a layer normalisation does not have. */
final class RmsNormRow {
    private RmsNormRow() {}

    /** {@code y = x * rstd * gamma}. */
    static void normalize(
            int n, float rstd, float[] x, int xOffset, float[] gamma, int gammaOffset, float[] y, int yOffset) {
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).mul(rstd)
                    .mul(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i)).intoArray(y, yOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector.fromArray(SPECIES, x, xOffset + i, mask).mul(rstd)
                    .mul(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i, mask)).intoArray(y, yOffset + i, mask);
        }
    }

    /**
     * Adds {@code dY * x * rstd} to dGamma, and leaves a vector in {@code sums}, at {@link NormGradientRow#SUMS}, whose lanes add up to the sum of
     * {@code dY * gamma * x * rstd}.
     */
    static void addParameterGradient(
            int n,
            float rstd,
            float[] dY,
            int dYOffset,
            float[] x,
            int xOffset,
            float[] gamma,
            int gammaOffset,
            float[] dGamma,
            int dGammaOffset,
            float[] sums) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        int i = 0;
        for (int bound = n & -2 * LANES; i < bound; i += 2 * LANES) {
            int j = i + LANES;
            FloatVector d0 = FloatVector.fromArray(SPECIES, x, xOffset + i).mul(rstd)
                    .mul(FloatVector.fromArray(SPECIES, dY, dYOffset + i));
            FloatVector d1 = FloatVector.fromArray(SPECIES, x, xOffset + j).mul(rstd)
                    .mul(FloatVector.fromArray(SPECIES, dY, dYOffset + j));
            sum0 = d0.fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i), sum0);
            sum1 = d1.fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + j), sum1);
            FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i).add(d0).intoArray(dGamma, dGammaOffset + i);
            FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + j).add(d1).intoArray(dGamma, dGammaOffset + j);
        }
        // At most one full vector and one partial one.
        for (; i < n; i += LANES) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector d = FloatVector.fromArray(SPECIES, x, xOffset + i, mask).mul(rstd)
                    .mul(FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask));
            // Masked: the lanes that are not set are zero times rstd, NaN where that is infinite.
            sum0 = sum0.blend(d.fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i, mask), sum0), mask);
            FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i, mask).add(d)
                    .intoArray(dGamma, dGammaOffset + i, mask);
        }
        sum0.add(sum1).intoArray(sums, NormGradientRow.SUMS);
    }
}
