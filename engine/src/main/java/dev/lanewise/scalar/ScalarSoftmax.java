package dev.lanewise.scalar;

import dev.lanewise.kernels.SoftmaxKernels;

/** Softmax in three passes over a row: maximum, exponentials and their sum, division. */
final class ScalarSoftmax implements SoftmaxKernels {
    @Override
    public void softmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        for (int r = 0; r < rows; r++) {
            softmaxRow(cols, x, xOffset + r * ldx, y, yOffset + r * ldy);
        }
    }

    @Override
    public void softmaxPrefix(
            int rows, int cols, int[] lengths, int lengthsOffset, float[] x, int xOffset, int ldx, float[] y,
            int yOffset,
            int ldy) {
        for (int r = 0; r < rows; r++) {
            int length = lengths[lengthsOffset + r];
            int yRow = yOffset + r * ldy;
            softmaxRow(length, x, xOffset + r * ldx, y, yRow);
            for (int c = length; c < cols; c++) {
                y[yRow + c] = 0f;
            }
        }
    }

    /**
     * Softmax of one row, which may be in place.
     *
     * @return the logarithm of the sum of the exponentials; negative infinity where there is nothing to sum
     */
    static double softmaxRow(int cols, float[] x, int xRow, float[] y, int yRow) {
        double shift = shift(cols, x, xRow);
        double sum = 0;
        for (int c = 0; c < cols; c++) {
            double e = StrictMath.exp(x[xRow + c] - shift);
            y[yRow + c] = (float) e;
            sum += e;
        }
        double inverse = inverse(sum);
        for (int c = 0; c < cols; c++) {
            y[yRow + c] = (float) (y[yRow + c] * inverse);
        }
        return shift + StrictMath.log(sum);
    }

    /**
     * What is subtracted before the exponential: the maximum, so that nothing overflows. A row of negative infinities is
     * shifted by zero instead: its exponentials are then zeros, not NaN.
     */
    private static double shift(int cols, float[] x, int xRow) {
        float max = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < cols; c++) {
            // A NaN never wins here, and comes out of its own exponential all the same.
            if (x[xRow + c] > max) {
                max = x[xRow + c];
            }
        }
        return max == Float.NEGATIVE_INFINITY ? 0 : max;
    }

    /** The sum is zero only where everything is masked: the largest exponential of any other row is one. */
    private static double inverse(double sum) {
        return sum == 0 ? 0 : 1 / sum;
    }

    @Override
    public void softmaxBackward(
            int rows, int cols, float[] y, int yOffset, int ldy, float[] dY, int dYOffset, int lddY, float[] dX,
            int dXOffset, int lddX) {
        for (int r = 0; r < rows; r++) {
            int yRow = yOffset + r * ldy;
            int dYRow = dYOffset + r * lddY;
            int dXRow = dXOffset + r * lddX;
            double dot = 0;
            for (int c = 0; c < cols; c++) {
                dot += (double) dY[dYRow + c] * y[yRow + c];
            }
            for (int c = 0; c < cols; c++) {
                dX[dXRow + c] = (float) (y[yRow + c] * (dY[dYRow + c] - dot));
            }
        }
    }

    @Override
    public void crossEntropy(
            int rows, int classes, float[] logits, int logitsOffset, int ldLogits, int[] labels, int labelsOffset,
            float[] losses, int lossesOffset) {
        for (int r = 0; r < rows; r++) {
            int row = logitsOffset + r * ldLogits;
            double shift = shift(classes, logits, row);
            double sum = sumOfExponentials(classes, logits, row, shift);
            double target = logits[row + labels[labelsOffset + r]] - shift;
            losses[lossesOffset + r] = (float) (StrictMath.log(sum) - target);
        }
    }

    @Override
    public void crossEntropyBackward(
            int rows, int classes, float[] logits, int logitsOffset, int ldLogits, int[] labels, int labelsOffset,
            float scale, float[] dLogits, int dLogitsOffset, int lddLogits) {
        for (int r = 0; r < rows; r++) {
            int row = logitsOffset + r * ldLogits;
            int dRow = dLogitsOffset + r * lddLogits;
            int label = labels[labelsOffset + r];
            double shift = shift(classes, logits, row);
            double inverse = inverse(sumOfExponentials(classes, logits, row, shift));
            for (int c = 0; c < classes; c++) {
                double p = StrictMath.exp(logits[row + c] - shift) * inverse;
                dLogits[dRow + c] = (float) (scale * (p - (c == label ? 1 : 0)));
            }
        }
    }

    private static double sumOfExponentials(int cols, float[] x, int xRow, double shift) {
        double sum = 0;
        for (int c = 0; c < cols; c++) {
            sum += StrictMath.exp(x[xRow + c] - shift);
        }
        return sum;
    }

    @Override
    public void logSoftmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        for (int r = 0; r < rows; r++) {
            int xRow = xOffset + r * ldx;
            double shift = shift(cols, x, xRow);
            double sum = sumOfExponentials(cols, x, xRow, shift);
            // Of a row of negative infinities, the logarithm of the sum is one more, and the difference would be NaN.
            double logSum = sum == 0 ? 0 : StrictMath.log(sum);
            for (int c = 0; c < cols; c++) {
                y[yOffset + r * ldy + c] = (float) (x[xRow + c] - shift - logSum);
            }
        }
    }

    @Override
    public void logSoftmaxBackward(
            int rows, int cols, float[] y, int yOffset, int ldy, float[] dY, int dYOffset, int lddY, float[] dX,
            int dXOffset, int lddX) {
        for (int r = 0; r < rows; r++) {
            double sum = 0;
            for (int c = 0; c < cols; c++) {
                sum += dY[dYOffset + r * lddY + c];
            }
            for (int c = 0; c < cols; c++) {
                double p = StrictMath.exp(y[yOffset + r * ldy + c]);
                dX[dXOffset + r * lddX + c] = (float) (dY[dYOffset + r * lddY + c] - p * sum);
            }
        }
    }

    @Override
    public void crossEntropyWithGradient(
            int rows, int classes, float[] logits, int logitsOffset, int ldLogits, int[] labels, int labelsOffset,
            float scale, float[] losses, int lossesOffset, float[] dLogits, int dLogitsOffset, int lddLogits) {
        crossEntropy(
                rows, classes, logits, logitsOffset, ldLogits, labels, labelsOffset, losses, lossesOffset);
        crossEntropyBackward(
                rows, classes, logits, logitsOffset, ldLogits, labels, labelsOffset, scale, dLogits, dLogitsOffset,
                lddLogits);
    }
}
