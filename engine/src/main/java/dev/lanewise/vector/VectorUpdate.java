package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;
import static dev.lanewise.vector.Lanes.firstBits;

import dev.lanewise.kernels.UpdateKernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** AdamW in one pass over the four arrays. */
final class VectorUpdate implements UpdateKernels {
    @Override
    public void adamW(
            int n,
            float gradientScale,
            float learningRate,
            float beta1,
            float beta2,
            float epsilon,
            float weightDecay,
            float bias1,
            float bias2,
            float[] w,
            int wOffset,
            float[] g,
            int gOffset,
            float[] m,
            int mOffset,
            float[] v,
            int vOffset) {
        step(
                n, gradientScale, beta1, beta2, 1 / bias2, epsilon, learningRate / bias1, learningRate * weightDecay, w,
                wOffset, g,
                gOffset, m, mOffset, v, vOffset);
    }

    @Override
    public void adamWRows(
            int count,
            int dim,
            int[] rows,
            int rowsOffset,
            float gradientScale,
            float learningRate,
            float beta1,
            float beta2,
            float epsilon,
            float weightDecay,
            float bias1,
            float bias2,
            float[] w,
            float[] g,
            float[] m,
            float[] v,
            int tableOffset) {
        for (int i = 0; i < count; i++) {
            int row = tableOffset + rows[rowsOffset + i] * dim;
            step(
                    dim, gradientScale, beta1, beta2, 1 / bias2, epsilon, learningRate / bias1,
                    learningRate * weightDecay, w, row, g,
                    row, m, row, v, row);
            Arrays.fill(g, row, row + dim, 0f);
        }
    }

    /**
     * {@code w = w - decay * w - rate * m / (sqrt(v * growth) + epsilon)} with {@code rate = learningRate / bias1},
     * {@code growth = 1 / bias2}, {@code decay = learningRate * weightDecay}.
     */
    private static void step(
            int n,
            float gradientScale,
            float beta1,
            float beta2,
            float growth,
            float epsilon,
            float rate,
            float decay,
            float[] w,
            int wOffset,
            float[] g,
            int gOffset,
            float[] m,
            int mOffset,
            float[] v,
            int vOffset) {
        FloatVector vBeta1 = FloatVector.broadcast(SPECIES, beta1);
        FloatVector vBeta2 = FloatVector.broadcast(SPECIES, beta2);
        FloatVector vDecay = FloatVector.broadcast(SPECIES, -decay);
        float rest1 = 1 - beta1;
        float rest2 = 1 - beta2;
        int i = 0;
        for (int bound = Lanes.bound(n); i < bound; i += LANES) {
            FloatVector vg = FloatVector.fromArray(SPECIES, g, gOffset + i).mul(gradientScale);
            FloatVector vm = FloatVector.fromArray(SPECIES, m, mOffset + i).fma(vBeta1, vg.mul(rest1));
            FloatVector vv = FloatVector.fromArray(SPECIES, v, vOffset + i).fma(vBeta2, vg.mul(rest2).mul(vg));
            FloatVector vw = FloatVector.fromArray(SPECIES, w, wOffset + i);
            FloatVector move = vm.mul(rate).div(vv.mul(growth).sqrt().add(epsilon));
            vm.intoArray(m, mOffset + i);
            vv.intoArray(v, vOffset + i);
            vw.fma(vDecay, vw).sub(move).intoArray(w, wOffset + i);
        }
        if (i < n) {
            VectorMask<Float> mask = VectorMask.fromLong(SPECIES, firstBits(n - i));
            FloatVector vg = FloatVector.fromArray(SPECIES, g, gOffset + i, mask).mul(gradientScale);
            FloatVector vm = FloatVector.fromArray(SPECIES, m, mOffset + i, mask).fma(vBeta1, vg.mul(rest1));
            FloatVector vv = FloatVector.fromArray(SPECIES, v, vOffset + i, mask).fma(vBeta2, vg.mul(rest2).mul(vg));
            FloatVector vw = FloatVector.fromArray(SPECIES, w, wOffset + i, mask);
            FloatVector move = vm.mul(rate).div(vv.mul(growth).sqrt().add(epsilon));
            vm.intoArray(m, mOffset + i, mask);
            vv.intoArray(v, vOffset + i, mask);
            vw.fma(vDecay, vw).sub(move).intoArray(w, wOffset + i, mask);
        }
    }
}
