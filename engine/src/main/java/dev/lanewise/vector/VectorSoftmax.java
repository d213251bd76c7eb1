package dev.lanewise.vector;

import dev.lanewise.kernels.SoftmaxKernels;
import dev.lanewise.runtime.Pool;
import java.util.Arrays;

/**
 * Softmax and cross-entropy: for each row a pass for the maximum, one for the exponentials and their sum, one that divides
 * by it.
 *
 * <p>NaN takes its way through the sum: the maximum passes over it, its exponential is NaN, so is the sum, and so is the
 * whole row after the division. The same holds for a positive infinity, whose distance to itself is NaN.
 */
final class VectorSoftmax implements SoftmaxKernels {
    private final Pool<SoftmaxPairs> pairs = new Pool<>(SoftmaxPairs::new);

    @Override
    public void softmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        int paired = cols <= SoftmaxPairs.LONGEST && rows >= 8 ? rows & -2 : 0;
        if (paired > 0) {
            SoftmaxPairs borrowed = pairs.acquire();
            borrowed.softmax(paired, cols, x, xOffset, ldx, y, yOffset, ldy);
            pairs.release(borrowed);
        }
        oneByOne(rows - paired, cols, x, xOffset + paired * ldx, ldx, y, yOffset + paired * ldy, ldy);
    }

    private static void oneByOne(
            int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        // Looks are two rows ahead: were it one, the exponentials of a row would wait for its last elements to arrive.
        long look = rows > 0 ? SoftmaxNarrowRow.look(cols, x, xOffset) : 0;
        long nextLook = rows > 1 ? SoftmaxNarrowRow.look(cols, x, xOffset + ldx) : 0;
        for (int r = 0; r < rows; r++) {
            int xRow = xOffset + r * ldx;
            int yRow = yOffset + r * ldy;
            float max = SoftmaxNarrowRow.max(look);
            float factor = 1 / (SoftmaxNarrowRow.narrow(look)
                    ? SoftmaxNarrowRow.expAndSum(cols, max, x, xRow, y, yRow)
                    : exponentials(cols, max, x, xRow, y, yRow));
            look = nextLook;
            if (r + 2 < rows) {
                nextLook = SoftmaxNarrowRow.scaleAndMax(cols, factor, y, yRow, x, xRow + 2 * ldx);
            } else {
                SoftmaxRow.scale(cols, factor, y, yRow);
            }
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
        float sum = exponentials(cols, SoftmaxRow.max(cols, x, xRow), x, xRow, y, yRow);
        SoftmaxRow.scale(cols, 1 / sum, y, yRow);
    }

    /** {@code y = exp(x - max)} and the sum of it; where all elements are masked, zeros and a sum of one. */
    static float exponentials(int cols, float max, float[] x, int xRow, float[] y, int yRow) {
        if (max == Float.NEGATIVE_INFINITY) {
            Arrays.fill(y, yRow, yRow + cols, zeroOrNaN(cols, x, xRow));
            return 1;
        }
        return SoftmaxRow.expAndSum(cols, max, x, xRow, y, yRow);
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
            int row = logitsOffset + r * ldLogits;
            int dRow = dLogitsOffset + r * lddLogits;
            float sum = exponentials(
                    classes, SoftmaxRow.max(classes, logits, row), logits, row, dLogits, dRow);
            gradient(classes, labels[labelsOffset + r], scale, sum, dLogits, dRow);
        }
    }

    /** From exponentials and their sum to {@code scale * (softmax - 1 at the label)}. */
    private static void gradient(int classes, int label, float scale, float sum, float[] dLogits, int row) {
        float labelled = scale * (dLogits[row + label] / sum - 1);
        SoftmaxRow.scale(classes, scale / sum, dLogits, row);
        dLogits[row + label] = labelled;
    }

    @Override
    public void crossEntropyWithGradient(
            int rows,
            int classes,
            float[] logits,
            int logitsOffset,
            int ldLogits,
            int[] labels,
            int labelsOffset,
            float scale,
            float[] losses,
            int lossesOffset,
            float[] dLogits,
            int dLogitsOffset,
            int lddLogits) {
        for (int r = 0; r < rows; r++) {
            int row = logitsOffset + r * ldLogits;
            int dRow = dLogitsOffset + r * lddLogits;
            int label = labels[labelsOffset + r];
            float max = SoftmaxRow.max(classes, logits, row);
            // Read before the exponentials, which may be written over the logits.
            double distance = (double) logits[row + label] - max;
            float sum = exponentials(classes, max, logits, row, dLogits, dRow);
            losses[lossesOffset + r] = (float) (StrictMath.log((double) sum * VectorMath.DESCALE) - distance);
            gradient(classes, label, scale, sum, dLogits, dRow);
        }
    }

    @Override
    public void logSoftmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        for (int r = 0; r < rows; r++) {
            int xRow = xOffset + r * ldx;
            int yRow = yOffset + r * ldy;
            float max = SoftmaxRow.max(cols, x, xRow);
            if (max == Float.NEGATIVE_INFINITY) {
                float masked = Float.isNaN(zeroOrNaN(cols, x, xRow)) ? Float.NaN : Float.NEGATIVE_INFINITY;
                Arrays.fill(y, yRow, yRow + cols, masked);
            } else {
                double sum = (double) SoftmaxRow.expAndSum(cols, max, x, xRow, null, 0) * VectorMath.DESCALE;
                LogSoftmaxRow.shift(cols, max, (float) StrictMath.log(sum), x, xRow, y, yRow);
            }
        }
    }

    @Override
    public void logSoftmaxBackward(
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
            int dYRow = dYOffset + r * lddY;
            float sum = NormRow.sum(cols, dY, dYRow);
            LogSoftmaxRow.gradient(cols, sum, y, yOffset + r * ldy, dY, dYRow, dX, dXOffset + r * lddX);
        }
    }
}
