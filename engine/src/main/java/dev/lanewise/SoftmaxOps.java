package dev.lanewise;

import dev.lanewise.kernels.SoftmaxKernels;
import dev.lanewise.runtime.Workers;

/**
 * Softmax over rows, and the cross-entropy loss that is built on it. Matrices are row-major with an offset and a leading
 * dimension each; an output may be exactly its input, and may not overlap it otherwise. The same arguments give the same
 * bits for any number of threads.
 */
public final class SoftmaxOps {
    private final SoftmaxKernels kernels;
    private final Workers workers;

    SoftmaxOps(SoftmaxKernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
    }

    /**
     * {@code y[r, c] = exp(x[r, c] - max_r) / sum over c of exp(x[r, c] - max_r)}, without overflow for any finite x. A row
     * of negative infinities (all masked) yields zeros; a NaN anywhere in a row, or a positive infinity, yields NaN in the
     * whole row.
     *
     * @param x [rows x cols]; not modified
     * @param y [rows x cols]; overwritten; may be x
     * @throws IllegalArgumentException if the shapes differ, or y overlaps x without being x
     */
    public void softmax(Matrix x, Matrix y) {
        if (x.rows() != y.rows() || x.cols() != y.cols()) {
            throw new IllegalArgumentException("shapes do not fit: softmax of x " + x.shape() + " into y " + y.shape());
        }
        softmax(x.rows(), x.cols(), x.data(), x.offset(), x.stride(), y.data(), y.offset(), y.stride());
    }

    /**
     * {@code y[r, c] = exp(x[r, c] - max_r) / sum over c of exp(x[r, c] - max_r)}, on plain arrays. A row of negative
     * infinities (all masked) yields zeros; a NaN anywhere in a row, or a positive infinity, yields NaN in the whole row.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param x values of x, [rows x cols]; not modified
     * @param xOffset index of its first element
     * @param ldx distance between its rows
     * @param y values of y, [rows x cols]; overwritten; may be x in place
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void softmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        Checks.matrix("x", x, xOffset, rows, cols, ldx);
        Checks.matrix("y", y, yOffset, rows, cols, ldy);
        Overlap.matrices("y", y, yOffset, ldy, "x", x, xOffset, ldx, rows, cols);
        if (rows == 0 || cols == 0) {
            return;
        }
        int size = Blocks.rows(cols);
        int blocks = Blocks.count(rows, size);
        if (workers.threads() == 1 || blocks == 1) {
            kernels.softmax(rows, cols, x, xOffset, ldx, y, yOffset, ldy);
        } else {
            workers.run(
                    blocks,
                    block -> kernels.softmax(
                            Blocks.length(rows, size, block), cols, x, xOffset + block * size * ldx, ldx, y,
                            yOffset + block * size * ldy, ldy));
        }
    }

    /**
     * Softmax over the first {@code lengths[lengthsOffset + r]} columns of each row r. The remaining columns of y are set
     * to zero, and those of x are not read; a length of zero yields a row of zeros. Special values as for
     * {@link #softmax(Matrix, Matrix)}.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param lengths columns that count, one number a row, within 0..cols; not modified
     * @param lengthsOffset index of the first
     * @param x values of x, [rows x cols]; not modified
     * @param xOffset index of its first element
     * @param ldx distance between its rows
     * @param y values of y, [rows x cols]; overwritten; may be x in place
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @throws IllegalArgumentException if an operand does not lie inside its array, a length is not within 0..cols, or y
     *     overlaps x without being x
     */
    public void softmaxPrefix(
            int rows, int cols, int[] lengths, int lengthsOffset, float[] x, int xOffset, int ldx, float[] y,
            int yOffset,
            int ldy) {
        Checks.matrix("x", x, xOffset, rows, cols, ldx);
        Checks.matrix("y", y, yOffset, rows, cols, ldy);
        Checks.vector("lengths", lengths, lengthsOffset, rows);
        Indices.within("lengths", lengths, lengthsOffset, rows, 0, cols);
        Overlap.matrices("y", y, yOffset, ldy, "x", x, xOffset, ldx, rows, cols);
        if (rows == 0 || cols == 0) {
            return;
        }
        int size = Blocks.rows(cols);
        int blocks = Blocks.count(rows, size);
        if (workers.threads() == 1 || blocks == 1) {
            kernels.softmaxPrefix(rows, cols, lengths, lengthsOffset, x, xOffset, ldx, y, yOffset, ldy);
        } else {
            workers.run(
                    blocks,
                    block -> kernels.softmaxPrefix(
                            Blocks.length(rows, size, block), cols, lengths, lengthsOffset + block * size, x,
                            xOffset + block * size * ldx, ldx, y, yOffset + block * size * ldy, ldy));
        }
    }

    /**
     * {@code dX[r, c] = y[r, c] * (dY[r, c] - sum over c of dY[r, c] * y[r, c])}, with y the output of the forward pass.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param y output of the forward pass, [rows x cols]; not modified
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @param dY gradient of y, [rows x cols]; not modified unless dX is dY
     * @param dYOffset index of its first element
     * @param lddY distance between its rows
     * @param dX gradient of x, [rows x cols]; overwritten; may be dY in place
     * @param dXOffset index of its first element
     * @param lddX distance between its rows
     * @throws IllegalArgumentException if an operand does not lie inside its array, dX overlaps y, or dX overlaps dY
     *     without being dY
     */
    public void softmaxBackward(
            int rows, int cols, float[] y, int yOffset, int ldy, float[] dY, int dYOffset, int lddY, float[] dX,
            int dXOffset, int lddX) {
        Checks.matrix("y", y, yOffset, rows, cols, ldy);
        Checks.matrix("dY", dY, dYOffset, rows, cols, lddY);
        Checks.matrix("dX", dX, dXOffset, rows, cols, lddX);
        Overlap.separateMatrices("dX", dX, dXOffset, rows, cols, lddX, "y", y, yOffset, rows, cols, ldy);
        Overlap.matrices("dX", dX, dXOffset, lddX, "dY", dY, dYOffset, lddY, rows, cols);
        if (rows == 0 || cols == 0) {
            return;
        }
        int size = Blocks.rows(cols);
        int blocks = Blocks.count(rows, size);
        if (workers.threads() == 1 || blocks == 1) {
            kernels.softmaxBackward(rows, cols, y, yOffset, ldy, dY, dYOffset, lddY, dX, dXOffset, lddX);
        } else {
            workers.run(
                    blocks,
                    block -> kernels.softmaxBackward(
                            Blocks.length(rows, size, block), cols, y, yOffset + block * size * ldy, ldy, dY,
                            dYOffset + block * size * lddY, lddY, dX, dXOffset + block * size * lddX, lddX));
        }
    }

    /**
     * {@code losses[r] = log(sum over c of exp(logits[r, c])) - logits[r, label_r]}, one loss a row, without overflow for
     * any finite logits. A NaN or a positive infinity in a row yields NaN for it.
     *
     * @param rows number of rows
     * @param classes number of columns of the logits, at least 1 where there are rows
     * @param logits values of the logits, [rows x classes]; not modified
     * @param logitsOffset index of its first element
     * @param ldLogits distance between its rows
     * @param labels the right class of each row, within 0..classes-1; not modified
     * @param labelsOffset index of the first
     * @param losses one loss a row; overwritten
     * @param lossesOffset index of the first
     * @return the mean of the losses, summed in double in the order of the rows; 0 where there is no row
     * @throws IllegalArgumentException if an operand does not lie inside its array, a label is not a class, or losses
     *     overlap the logits
     */
    public double crossEntropy(
            int rows, int classes, float[] logits, int logitsOffset, int ldLogits, int[] labels, int labelsOffset,
            float[] losses, int lossesOffset) {
        Checks.matrix("logits", logits, logitsOffset, rows, classes, ldLogits);
        Checks.vector("labels", labels, labelsOffset, rows);
        Checks.vector("losses", losses, lossesOffset, rows);
        Indices.within("labels", labels, labelsOffset, rows, 0, classes - 1);
        Overlap.separateMatrices(
                "losses", losses, lossesOffset, 1, rows, rows, "logits", logits, logitsOffset, rows, classes, ldLogits);
        if (rows == 0) {
            return 0;
        }
        int size = Blocks.rows(classes);
        int blocks = Blocks.count(rows, size);
        if (workers.threads() == 1 || blocks == 1) {
            kernels.crossEntropy(rows, classes, logits, logitsOffset, ldLogits, labels, labelsOffset, losses,
                    lossesOffset);
        } else {
            workers.run(
                    blocks,
                    block -> kernels.crossEntropy(
                            Blocks.length(rows, size, block), classes, logits, logitsOffset + block * size * ldLogits,
                            ldLogits, labels, labelsOffset + block * size, losses, lossesOffset + block * size));
        }
        double sum = 0;
        for (int r = 0; r < rows; r++) {
            sum += losses[lossesOffset + r];
        }
        return sum / rows;
    }

    /**
     * {@code dLogits[r, c] = scale * (softmax(logits[r])[c] - (c == label_r ? 1 : 0))}.
     *
     * @param rows number of rows
     * @param classes number of columns of the logits, at least 1 where there are rows
     * @param logits values of the logits, [rows x classes]; not modified unless dLogits is logits
     * @param logitsOffset index of its first element
     * @param ldLogits distance between its rows
     * @param labels the right class of each row, within 0..classes-1; not modified
     * @param labelsOffset index of the first
     * @param scale the gradient of each loss; {@code 1 / rows} for that of the mean
     * @param dLogits gradient of the logits, [rows x classes]; overwritten; may be logits in place
     * @param dLogitsOffset index of its first element
     * @param lddLogits distance between its rows
     * @throws IllegalArgumentException if an operand does not lie inside its array, a label is not a class, or dLogits
     *     overlaps logits without being logits
     */
    public void crossEntropyBackward(
            int rows, int classes, float[] logits, int logitsOffset, int ldLogits, int[] labels, int labelsOffset,
            float scale, float[] dLogits, int dLogitsOffset, int lddLogits) {
        Checks.matrix("logits", logits, logitsOffset, rows, classes, ldLogits);
        Checks.matrix("dLogits", dLogits, dLogitsOffset, rows, classes, lddLogits);
        Checks.vector("labels", labels, labelsOffset, rows);
        Indices.within("labels", labels, labelsOffset, rows, 0, classes - 1);
        Overlap.matrices(
                "dLogits", dLogits, dLogitsOffset, lddLogits, "logits", logits, logitsOffset, ldLogits, rows, classes);
        if (rows == 0) {
            return;
        }
        int size = Blocks.rows(classes);
        int blocks = Blocks.count(rows, size);
        if (workers.threads() == 1 || blocks == 1) {
            kernels.crossEntropyBackward(
                    rows, classes, logits, logitsOffset, ldLogits, labels, labelsOffset, scale, dLogits, dLogitsOffset,
                    lddLogits);
        } else {
            workers.run(
                    blocks,
                    block -> kernels.crossEntropyBackward(
                            Blocks.length(rows, size, block), classes, logits, logitsOffset + block * size * ldLogits,
                            ldLogits, labels, labelsOffset + block * size, scale, dLogits,
                            dLogitsOffset + block * size * lddLogits, lddLogits));
        }
    }
}
