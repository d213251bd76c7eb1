package dev.lanewise.scalar;

import dev.lanewise.kernels.UpdateKernels;

/** AdamW, one parameter after the other. */
final class ScalarUpdate implements UpdateKernels {
    @Override
    public void adamW(
            int n, float gradientScale, float learningRate, float beta1, float beta2, float epsilon, float weightDecay,
            float bias1,
            float bias2,
            float[] w, int wOffset, float[] g, int gOffset, float[] m, int mOffset, float[] v, int vOffset) {
        for (int i = 0; i < n; i++) {
            float gradient = g[gOffset + i] * gradientScale;
            float mean = beta1 * m[mOffset + i] + (1f - beta1) * gradient;
            float square = beta2 * v[vOffset + i] + (1f - beta2) * gradient * gradient;
            float weight = w[wOffset + i];
            float step = mean / bias1 / ((float) Math.sqrt(square / bias2) + epsilon);
            m[mOffset + i] = mean;
            v[vOffset + i] = square;
            w[wOffset + i] = weight - learningRate * weightDecay * weight - learningRate * step;
        }
    }

    @Override
    public void adamWRows(
            int count, int dim, int[] rows, int rowsOffset, float gradientScale, float learningRate, float beta1,
            float beta2, float epsilon,
            float weightDecay, float bias1, float bias2, float[] w, float[] g, float[] m, float[] v, int tableOffset) {
        for (int i = 0; i < count; i++) {
            int row = tableOffset + rows[rowsOffset + i] * dim;
            adamW(
                    dim, gradientScale, learningRate, beta1, beta2, epsilon, weightDecay, bias1, bias2, w, row, g, row,
                    m, row, v,
                    row);
            for (int d = 0; d < dim; d++) {
                g[row + d] = 0f;
            }
        }
    }
}
