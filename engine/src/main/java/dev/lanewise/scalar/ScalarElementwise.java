package dev.lanewise.scalar;

import dev.lanewise.kernels.Dropout;
import dev.lanewise.kernels.ElementwiseKernels;
import dev.lanewise.runtime.Pool;
import java.util.Arrays;

/** Additions, sums and dropout, one element after the other. */
final class ScalarElementwise implements ElementwiseKernels {
    private final Pool<Scratch> pool = new Pool<>(Scratch::new);

    @Override
    public void add(int n, float[] x, int xOffset, float[] y, int yOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = x[xOffset + i] + y[yOffset + i];
        }
    }

    @Override
    public void scale(int n, float factor, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = factor * x[xOffset + i];
        }
    }

    @Override
    public void addBias(
            int rows, int cols, float[] x, int xOffset, int ldx, float[] bias, int biasOffset, float[] y, int yOffset,
            int ldy) {
        for (int r = 0; r < rows; r++) {
            int xRow = xOffset + r * ldx;
            int yRow = yOffset + r * ldy;
            for (int c = 0; c < cols; c++) {
                y[yRow + c] = x[xRow + c] + bias[biasOffset + c];
            }
        }
    }

    @Override
    public void biasGradient(
            int rows, int colFrom, int colTo, float[] dY, int dYOffset, int lddY, float[] dBias, int dBiasOffset) {
        int cols = colTo - colFrom;
        Scratch scratch = pool.acquire();
        double[] sums = scratch.sums(cols);
        Arrays.fill(sums, 0, cols, 0);
        for (int r = 0; r < rows; r++) {
            int dYRow = dYOffset + r * lddY + colFrom;
            for (int c = 0; c < cols; c++) {
                sums[c] += dY[dYRow + c];
            }
        }
        for (int c = 0; c < cols; c++) {
            dBias[dBiasOffset + colFrom + c] += (float) sums[c];
        }
        pool.release(scratch);
    }

    @Override
    public void dropout(
            int n, float probability, long seed, long firstIndex, float[] x, int xOffset, float[] y, int yOffset) {
        int threshold = Dropout.threshold(probability);
        float factor = 1f / (1f - probability);
        for (int i = 0; i < n; i++) {
            boolean keep = Dropout.bits(seed, firstIndex + i) >>> 8 >= threshold;
            y[yOffset + i] = keep ? x[xOffset + i] * factor : 0f;
        }
    }

    @Override
    public double sumOfSquares(int n, float[] x, int xOffset) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) x[xOffset + i] * x[xOffset + i];
        }
        return sum;
    }
}
