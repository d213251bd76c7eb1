package dev.lanewise;

import dev.lanewise.BlockTask.Body;
import dev.lanewise.kernels.SoftmaxKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * Softmax over rows, and the cross-entropy loss that is built on it. Matrices are row-major with an offset and a leading
 * dimension each; an output may be exactly its input, and may not overlap it otherwise. The same arguments give the same
 * bits for any number of threads.
 */
public final class SoftmaxOps {
    private static final int X = 0;
    private static final int Y = 1;
    private static final int DY = 2;
    private static final int DX = 3;
    private static final int LOSSES = 4;
    private static final int COLS = 0;
    private static final int SCALE = 0;

    private static final Body<SoftmaxKernels> SOFTMAX = (kernels, task, from, count) -> kernels.softmax(
            count, task.size(COLS), task.data(X), task.at(X, from), task.ld(X), task.data(Y), task.at(Y, from),
            task.ld(Y));

    private static final Body<SoftmaxKernels> PREFIX = (kernels, task, from, count) -> kernels.softmaxPrefix(
            count, task.size(COLS), task.indices(), task.indicesAt(from), task.data(X), task.at(X, from), task.ld(X),
            task.data(Y), task.at(Y, from), task.ld(Y));

    private static final Body<SoftmaxKernels> BACKWARD = (kernels, task, from, count) -> kernels.softmaxBackward(
            count, task.size(COLS), task.data(Y), task.at(Y, from), task.ld(Y), task.data(DY), task.at(DY, from),
            task.ld(DY), task.data(DX), task.at(DX, from), task.ld(DX));

    private static final Body<SoftmaxKernels> CROSS_ENTROPY = (kernels, task, from, count) -> kernels.crossEntropy(
            count, task.size(COLS), task.data(X), task.at(X, from), task.ld(X), task.indices(), task.indicesAt(from),
            task.data(LOSSES), task.at(LOSSES, from));

    private static final Body<SoftmaxKernels> CROSS_ENTROPY_BACKWARD = (kernels, task, from, count) -> kernels
            .crossEntropyBackward(
                    count, task.size(COLS), task.data(X), task.at(X, from), task.ld(X), task.indices(),
                    task.indicesAt(from), task.factor(SCALE), task.data(DX), task.at(DX, from), task.ld(DX));

    private static final Body<SoftmaxKernels> CROSS_ENTROPY_WITH_GRADIENT = (kernels, task, from, count) -> kernels
            .crossEntropyWithGradient(
                    count, task.size(COLS), task.data(X), task.at(X, from), task.ld(X), task.indices(),
                    task.indicesAt(from), task.factor(SCALE), task.data(LOSSES), task.at(LOSSES, from), task.data(DX),
                    task.at(DX, from), task.ld(DX));

    private static final Body<SoftmaxKernels> LOG_SOFTMAX = (kernels, task, from, count) -> kernels.logSoftmax(
            count, task.size(COLS), task.data(X), task.at(X, from), task.ld(X), task.data(Y), task.at(Y, from),
            task.ld(Y));

    private static final Body<SoftmaxKernels> LOG_SOFTMAX_BACKWARD = (kernels, task, from, count) -> kernels
            .logSoftmaxBackward(
                    count, task.size(COLS), task.data(Y), task.at(Y, from), task.ld(Y), task.data(DY),
                    task.at(DY, from), task.ld(DY), task.data(DX), task.at(DX, from), task.ld(DX));

    private final Pool<BlockTask<SoftmaxKernels>> tasks;

    SoftmaxOps(SoftmaxKernels kernels, Workers workers, Lifetime lifetime) {
        tasks = BlockTask.pool(kernels, workers, lifetime);
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
        tasks.acquire().operand(X, x, xOffset, ldx).operand(Y, y, yOffset, ldy).size(COLS, cols)
                .run(SOFTMAX, rows, Blocks.rows(cols));
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
        tasks.acquire().indices(lengths, lengthsOffset).operand(X, x, xOffset, ldx).operand(Y, y, yOffset, ldy)
                .size(COLS, cols).run(PREFIX, rows, Blocks.rows(cols));
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
        tasks.acquire().operand(Y, y, yOffset, ldy).operand(DY, dY, dYOffset, lddY).operand(DX, dX, dXOffset, lddX)
                .size(COLS, cols).run(BACKWARD, rows, Blocks.rows(cols));
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
        tasks.acquire().operand(X, logits, logitsOffset, ldLogits).indices(labels, labelsOffset)
                .operand(LOSSES, losses, lossesOffset, 1).size(COLS, classes)
                .run(CROSS_ENTROPY, rows, Blocks.rows(classes));
        return mean(rows, losses, lossesOffset);
    }

    private static double mean(int rows, float[] losses, int lossesOffset) {
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
        tasks.acquire().operand(X, logits, logitsOffset, ldLogits).indices(labels, labelsOffset)
                .operand(DX, dLogits, dLogitsOffset, lddLogits).size(COLS, classes).factor(SCALE, scale)
                .run(CROSS_ENTROPY_BACKWARD, rows, Blocks.rows(classes));
    }

    /**
     * The losses of {@link #crossEntropy} and the gradient of {@link #crossEntropyBackward} at once: the exponential of each
     * logit is computed once rather than twice, and the logits are read from memory once.
     *
     * @param rows number of rows
     * @param classes number of columns of the logits, at least 1 where there are rows
     * @param logits values of the logits, [rows x classes]; not modified unless dLogits is logits
     * @param logitsOffset index of its first element
     * @param ldLogits distance between its rows
     * @param labels the right class of each row, within 0..classes-1; not modified
     * @param labelsOffset index of the first
     * @param scale the gradient of each loss; {@code 1 / rows} for that of the mean
     * @param losses one loss a row; overwritten
     * @param lossesOffset index of the first
     * @param dLogits gradient of the logits, [rows x classes]; overwritten; may be logits in place
     * @param dLogitsOffset index of its first element
     * @param lddLogits distance between its rows
     * @return the mean of the losses, summed in double in the order of the rows; 0 where there is no row
     * @throws IllegalArgumentException if an operand does not lie inside its array, a label is not a class, losses overlap
     *     logits or dLogits, or dLogits overlaps logits without being logits
     */
    public double crossEntropyWithGradient(
            int rows, int classes, float[] logits, int logitsOffset, int ldLogits, int[] labels, int labelsOffset,
            float scale, float[] losses, int lossesOffset, float[] dLogits, int dLogitsOffset, int lddLogits) {
        Checks.matrix("logits", logits, logitsOffset, rows, classes, ldLogits);
        Checks.matrix("dLogits", dLogits, dLogitsOffset, rows, classes, lddLogits);
        Checks.vector("labels", labels, labelsOffset, rows);
        Checks.vector("losses", losses, lossesOffset, rows);
        Indices.within("labels", labels, labelsOffset, rows, 0, classes - 1);
        Overlap.matrices(
                "dLogits", dLogits, dLogitsOffset, lddLogits, "logits", logits, logitsOffset, ldLogits, rows, classes);
        Overlap.separateMatrices(
                "losses", losses, lossesOffset, 1, rows, rows, "logits", logits, logitsOffset, rows, classes, ldLogits);
        Overlap.separateMatrices(
                "losses", losses, lossesOffset, 1, rows, rows, "dLogits", dLogits, dLogitsOffset, rows, classes,
                lddLogits);
        if (rows == 0) {
            return 0;
        }
        tasks.acquire().operand(X, logits, logitsOffset, ldLogits).indices(labels, labelsOffset)
                .operand(LOSSES, losses, lossesOffset, 1).operand(DX, dLogits, dLogitsOffset, lddLogits)
                .size(COLS, classes).factor(SCALE, scale)
                .run(CROSS_ENTROPY_WITH_GRADIENT, rows, Blocks.rows(classes));
        return mean(rows, losses, lossesOffset);
    }

    /**
     * {@code y[r, c] = x[r, c] - max_r - log(sum over c of exp(x[r, c] - max_r))}, the logarithm of {@link #softmax}
     * without its loss of accuracy where that is small. A masked column, of negative infinity, stays so; a NaN anywhere in a
     * row, or a positive infinity, yields NaN in the whole row.
     *
     * @param rows number of rows
     * @param cols number of columns
     * @param x values of x, [rows x cols]; not modified unless y is x
     * @param xOffset index of its first element
     * @param ldx distance between its rows
     * @param y values of y, [rows x cols]; overwritten; may be x in place
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @throws IllegalArgumentException if an operand does not lie inside its array, or y overlaps x without being x
     */
    public void logSoftmax(int rows, int cols, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        Checks.matrix("x", x, xOffset, rows, cols, ldx);
        Checks.matrix("y", y, yOffset, rows, cols, ldy);
        Overlap.matrices("y", y, yOffset, ldy, "x", x, xOffset, ldx, rows, cols);
        if (rows == 0 || cols == 0) {
            return;
        }
        tasks.acquire().operand(X, x, xOffset, ldx).operand(Y, y, yOffset, ldy).size(COLS, cols)
                .run(LOG_SOFTMAX, rows, Blocks.rows(cols));
    }

    /**
     * {@code dX[r, c] = dY[r, c] - exp(y[r, c]) * sum over c of dY[r, c]}, with y the output of {@link #logSoftmax}.
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
    public void logSoftmaxBackward(
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
        tasks.acquire().operand(Y, y, yOffset, ldy).operand(DY, dY, dYOffset, lddY).operand(DX, dX, dXOffset, lddX)
                .size(COLS, cols).run(LOG_SOFTMAX_BACKWARD, rows, Blocks.rows(cols));
    }
}
