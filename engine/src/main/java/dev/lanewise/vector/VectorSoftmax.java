package dev.lanewise.vector;

import dev.lanewise.kernels.SoftmaxKernels;
import java.util.Arrays;

/**
 * Softmax and cross-entropy: for each row a pass for the maximum, one for the exponentials and their sum, one that divides
 * by it.
 *
 * <p>NaN takes its way through the sum: the maximum passes over it, its exponential is NaN, so is the sum, and so is the
 * whole row after the division. The same holds for a positive infinity, whose distance to itself is NaN.
 */
final class VectorSoftmax implements SoftmaxKernels {
    @Override
    public void softmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        for (int r = 0; r < rows; r++) {
            row(cols, x, xOffset + r * ldx, y, yOffset + r * ldy);
        }
    }

    @Override
    public void softmaxPrefix(
            int rows,
            int cols,
            int[] lengths,
            int lengthsOffset,
            float[] x,
            int xOffset,
            int ldx,
            float[] y,
            int yOffset,
            int ldy) {
        for (int r = 0; r < rows; r++) {
            int length = lengths[lengthsOffset + r];
            int yRow = yOffset + r * ldy;
            row(length, x, xOffset + r * ldx, y, yRow);
            Arrays.fill(y, yRow + length, yRow + cols, 0f);
        }
    }

    private static void row(int cols, float[] x, int xRow, float[] y, int yRow) {
        float max = SoftmaxRow.max(cols, x, xRow);
        if (max == Float.NEGATIVE_INFINITY) {
            Arrays.fill(y, yRow, yRow + cols, zeroOrNaN(cols, x, xRow));
            return;
        }
        float sum = SoftmaxRow.expAndSum(cols, max, x, xRow, y, yRow);
        SoftmaxRow.scale(cols, 1 / sum, y, yRow);
    }

    /** What a row without any element above negative infinity yields: NaN if there is one in it, else zero. */
    private static float zeroOrNaN(int cols, float[] x, int xRow) {
        for (int c = 0; c < cols; c++) {
            if (Float.isNaN(x[xRow + c])) {
                return Float.NaN;
            }
        }
        return 0;
    }

    @Override
    public void softmaxBackward(
            int rows,
            int cols,
            float[] y,
            int yOffset,
            int ldy,
            float[] dY,
            int dYOffset,
            int lddY,
            float[] dX,
            int dXOffset,
            int lddX) {
        for (int r = 0; r < rows; r++) {
            int yRow = yOffset + r * ldy;
            int dYRow = dYOffset + r * lddY;
            float dot = SoftmaxRow.dot(cols, y, yRow, dY, dYRow);
            SoftmaxRow.gradient(cols, dot, y, yRow, dY, dYRow, dX, dXOffset + r * lddX);
        }
    }

    @Override
    public void crossEntropy(
            int rows,
            int classes,
            float[] logits,
            int logitsOffset,
            int ldLogits,
            int[] labels,
            int labelsOffset,
            float[] losses,
            int lossesOffset) {
        for (int r = 0; r < rows; r++) {
            int row = logitsOffset + r * ldLogits;
            float max = SoftmaxRow.max(classes, logits, row);
            double sum = (double) SoftmaxRow.expAndSum(classes, max, logits, row, null, 0) * VectorMath.DESCALE;
            double label = (double) logits[row + labels[labelsOffset + r]] - max;
            losses[lossesOffset + r] = (float) (StrictMath.log(sum) - label);
        }
    }

    @Override
    public void crossEntropyBackward(
            int rows,
            int classes,
            float[] logits,
            int logitsOffset,
            int ldLogits,
            int[] labels,
            int labelsOffset,
            float scale,
            float[] dLogits,
            int dLogitsOffset,
            int lddLogits) {
        for (int r = 0; r < rows; r++) {
            int row = dLogitsOffset + r * lddLogits;
            row(classes, logits, logitsOffset + r * ldLogits, dLogits, row);
            dLogits[row + labels[labelsOffset + r]] -= 1;
            SoftmaxRow.scale(classes, scale, dLogits, row);
        }
    }
}
