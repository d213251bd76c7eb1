package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

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
        // One sum each, in the order of NormGradientPair: a row has the same bits whether it has a neighbour or not.
        FloatVector sumG = FloatVector.zero(SPECIES);
        FloatVector sumGh = FloatVector.zero(SPECIES);
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector dY0 = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector h0 = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(mean).mul(rstd);
            FloatVector g0 = FloatVector.fromArray(SPECIES, gamma, gammaOffset + i).mul(dY0);
            sumG = sumG.add(g0);
            sumGh = g0.fma(h0, sumGh);
            dY0.fma(h0, FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i)).intoArray(dGamma, dGammaOffset + i);
            FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + i).add(dY0).intoArray(dBeta, dBetaOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector dY0 = FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask);
            FloatVector h0 = FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(mean).mul(rstd);
            FloatVector g0 = FloatVector.fromArray(SPECIES, gamma, gammaOffset + i, mask).mul(dY0);
            sumG = sumG.add(g0);
            // Masked: the lanes that are not set hold h of -mean * rstd, and 0 * infinity were NaN.
            sumGh = sumGh.blend(g0.fma(h0, sumGh), mask);
            dY0.fma(h0, FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i, mask))
                    .intoArray(dGamma, dGammaOffset + i, mask);
            FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + i, mask).add(dY0)
                    .intoArray(dBeta, dBetaOffset + i, mask);
        }
        sumG.intoArray(sums, SUMS);
        sumGh.intoArray(sums, SUMS + LANES);
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
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
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
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector g = FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask)
                    .fma(FloatVector.fromArray(SPECIES, gamma, gammaOffset + i, mask), vMeanG);
            FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(mean).fma(vSlope, g).mul(rstd)
                    .intoArray(dX, dXOffset + i, mask);
        }
    }
}
