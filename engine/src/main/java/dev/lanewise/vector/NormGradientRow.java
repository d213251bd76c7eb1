package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The two passes over one row that the gradients of a layer normalisation are made of. The row stays in the L1 cache between
 * them, and so do the sums over the rows, which are as long as a row: dY and x are read from memory once.
 */
final class NormGradientRow {
    /** Where a row leaves its sums: behind four cache lines, and before as many, that nobody uses. */
    static final int SUMS = 64;

    private NormGradientRow() {}

    /**
     * Adds {@code dY * (x - mean) * rstd} to dGamma and dY to dBeta, and leaves two vectors in {@code sums} from {@link #SUMS} on, whose lanes
     * add up to the sum of {@code g = dY * gamma} and to that of {@code g * (x - mean) * rstd}.
     */
    static void addParameterGradients(
            int n,
            float mean,
            float rstd,
            float[] dY,
            int dYOffset,
            float[] x,
            int xOffset,
            float[] gamma,
            int gammaOffset,
            float[] dGamma,
            int dGammaOffset,
            float[] dBeta,
            int dBetaOffset,
            float[] sums) {
        FloatVector sumG0 = FloatVector.zero(SPECIES);
        FloatVector sumG1 = FloatVector.zero(SPECIES);
        FloatVector sumGh0 = FloatVector.zero(SPECIES);
        FloatVector sumGh1 = FloatVector.zero(SPECIES);
        int i = 0;
        for (int bound = n & -2 * LANES; i < bound; i += 2 * LANES) {
            FloatVector dY0 = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector h0 = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(mean).mul(rstd);
            FloatVector g0 = FloatVector.fromArray(SPECIES, gamma, gammaOffset + i).mul(dY0);
            sumG0 = sumG0.add(g0);
            sumGh0 = g0.fma(h0, sumGh0);
            dY0.fma(h0, FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i)).intoArray(dGamma, dGammaOffset + i);
            FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + i).add(dY0).intoArray(dBeta, dBetaOffset + i);
            int j = i + LANES;
            FloatVector dY1 = FloatVector.fromArray(SPECIES, dY, dYOffset + j);
            FloatVector h1 = FloatVector.fromArray(SPECIES, x, xOffset + j).sub(mean).mul(rstd);
            FloatVector g1 = FloatVector.fromArray(SPECIES, gamma, gammaOffset + j).mul(dY1);
            sumG1 = sumG1.add(g1);
            sumGh1 = g1.fma(h1, sumGh1);
            dY1.fma(h1, FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + j)).intoArray(dGamma, dGammaOffset + j);
            FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + j).add(dY1).intoArray(dBeta, dBetaOffset + j);
        }
        // At most one full vector and one partial one.
        for (; i < n; i += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(i, n);
            FloatVector dY0 = FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask);
            FloatVector h0 = FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(mean).mul(rstd);
            FloatVector g0 = FloatVector.fromArray(SPECIES, gamma, gammaOffset + i, mask).mul(dY0);
            sumG0 = sumG0.add(g0);
            // Masked: the lanes that are not set hold h of -mean * rstd, and 0 * infinity were NaN.
            sumGh0 = sumGh0.blend(g0.fma(h0, sumGh0), mask);
            dY0.fma(h0, FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i, mask))
                    .intoArray(dGamma, dGammaOffset + i, mask);
            FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + i, mask).add(dY0)
                    .intoArray(dBeta, dBetaOffset + i, mask);
        }
        sumG0.add(sumG1).intoArray(sums, SUMS);
        sumGh0.add(sumGh1).intoArray(sums, SUMS + LANES);
    }

    /** {@code dX += rstd * (dY * gamma - meanG - (x - mean) * rstd * slope)}. */
    static void add(
            int n,
            float mean,
            float rstd,
            float meanG,
            float slope,
            float[] dY,
            int dYOffset,
            float[] x,
            int xOffset,
            float[] gamma,
            int gammaOffset,
            float[] dX,
            int dXOffset) {
        FloatVector vRstd = FloatVector.broadcast(SPECIES, rstd);
        FloatVector vSlope = FloatVector.broadcast(SPECIES, -slope * rstd);
        FloatVector vMeanG = FloatVector.broadcast(SPECIES, -meanG);
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i)
                    .fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i), vMeanG);
            FloatVector.fromArray(SPECIES, x, xOffset + i)
                    .sub(mean)
                    .fma(vSlope, g)
                    .fma(vRstd, FloatVector.fromArray(SPECIES, dX, dXOffset + i))
                    .intoArray(dX, dXOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = SPECIES.indexInRange(i, n);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask)
                    .fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i, mask), vMeanG);
            FloatVector.fromArray(SPECIES, x, xOffset + i, mask)
                    .sub(mean)
                    .fma(vSlope, g)
                    .fma(vRstd, FloatVector.fromArray(SPECIES, dX, dXOffset + i, mask))
                    .intoArray(dX, dXOffset + i, mask);
        }
    }

    /** {@code dX = rstd * (dY * gamma - meanG - (x - mean) * rstd * slope)}; dX may be dY. */
    static void set(
            int n,
            float mean,
            float rstd,
            float meanG,
            float slope,
            float[] dY,
            int dYOffset,
            float[] x,
            int xOffset,
            float[] gamma,
            int gammaOffset,
            float[] dX,
            int dXOffset) {
        FloatVector vSlope = FloatVector.broadcast(SPECIES, -slope * rstd);
        FloatVector vMeanG = FloatVector.broadcast(SPECIES, -meanG);
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i)
                    .fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i), vMeanG);
            FloatVector.fromArray(SPECIES, x, xOffset + i).sub(mean).fma(vSlope, g).mul(rstd)
                    .intoArray(dX, dXOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = SPECIES.indexInRange(i, n);
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask)
                    .fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i, mask), vMeanG);
            FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(mean).fma(vSlope, g).mul(rstd)
                    .intoArray(dX, dXOffset + i, mask);
        }
    }
}
