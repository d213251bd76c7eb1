package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The first pass of {@link NormGradientRow} over two rows at once: the sums over the rows are read and written once for both,
 * which is most of what the pass costs, since a store takes longer than all the arithmetic of a vector. They are added in
 * the order of the rows, so dGamma and dBeta have the bits that one row after the other gives.
 */
final class NormGradientPair {
    /** Vectors that a pair leaves: the sums of g of both rows, and those of {@code g * (x - mean) * rstd}. */
    static final int VECTORS = 4;

    private NormGradientPair() {}

    /**
     * Adds {@code dY * (x - mean) * rstd} to dGamma and dY to dBeta for the full vectors of two rows, and leaves in
     * {@code sums} four vectors whose lanes add up to the sums of {@code g = dY * gamma}, first row and second, and of
     * {@code g * (x - mean) * rstd}.
     */
    static void addParameterGradients(
            int n,
            float mean0,
            float rstd0,
            float mean1,
            float rstd1,
            float[] dY,
            int dYOffset,
            int lddY,
            float[] x,
            int xOffset,
            int ldx,
            float[] gamma,
            int gammaOffset,
            float[] dGamma,
            int dGammaOffset,
            float[] dBeta,
            int dBetaOffset,
            float[] sums,
            int sumsOffset) {
        FloatVector sumG0 = FloatVector.zero(SPECIES);
        FloatVector sumG1 = FloatVector.zero(SPECIES);
        FloatVector sumGh0 = FloatVector.zero(SPECIES);
        FloatVector sumGh1 = FloatVector.zero(SPECIES);
        int dYNext = dYOffset + lddY;
        int xNext = xOffset + ldx;
        int bound = Lanes.bound(n);
        for (int i = 0; i < bound; i += LANES) {
            FloatVector dY0 = FloatVector.fromArray(SPECIES, dY, dYOffset + i);
            FloatVector h0 = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(mean0).mul(rstd0);
            FloatVector dY1 = FloatVector.fromArray(SPECIES, dY, dYNext + i);
            FloatVector h1 = FloatVector.fromArray(SPECIES, x, xNext + i).sub(mean1).mul(rstd1);
            FloatVector scale = FloatVector.fromArray(SPECIES, gamma, gammaOffset + i);
            FloatVector toGamma = FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i);
            FloatVector toBeta = FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + i);
            FloatVector g0 = scale.mul(dY0);
            sumG0 = sumG0.add(g0);
            sumGh0 = g0.fma(h0, sumGh0);
            FloatVector g1 = scale.mul(dY1);
            sumG1 = sumG1.add(g1);
            sumGh1 = g1.fma(h1, sumGh1);
            dY1.fma(h1, dY0.fma(h0, toGamma)).intoArray(dGamma, dGammaOffset + i);
            toBeta.add(dY0).add(dY1).intoArray(dBeta, dBetaOffset + i);
        }
        sumG0.intoArray(sums, sumsOffset);
        sumG1.intoArray(sums, sumsOffset + LANES);
        sumGh0.intoArray(sums, sumsOffset + 2 * LANES);
        sumGh1.intoArray(sums, sumsOffset + 3 * LANES);
    }

    /** The same for the partial vector of one row; adds to its sums of g at sumsOffset, and to the others two vectors on. */
    static void addTail(
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
            float[] sums,
            int sumsOffset) {
        int i = Lanes.bound(n);
        VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
        FloatVector dY0 = FloatVector.fromArray(SPECIES, dY, dYOffset + i, mask);
        FloatVector h0 = FloatVector.fromArray(SPECIES, x, xOffset + i, mask).sub(mean).mul(rstd);
        FloatVector g0 = FloatVector.fromArray(SPECIES, gamma, gammaOffset + i, mask).mul(dY0);
        FloatVector.fromArray(SPECIES, sums, sumsOffset).add(g0).intoArray(sums, sumsOffset);
        // Masked: the lanes that are not set hold h of -mean * rstd, and 0 * infinity were NaN.
        FloatVector sumGh = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * LANES);
        sumGh.blend(g0.fma(h0, sumGh), mask).intoArray(sums, sumsOffset + 2 * LANES);
        dY0.fma(h0, FloatVector.fromArray(SPECIES, dGamma, dGammaOffset + i, mask))
                .intoArray(dGamma, dGammaOffset + i, mask);
        FloatVector.fromArray(SPECIES, dBeta, dBetaOffset + i, mask).add(dY0)
                .intoArray(dBeta, dBetaOffset + i, mask);
    }
}
