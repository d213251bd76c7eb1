package dev.lanewise.vector;

import static dev.lanewise.vector.Blocking.ceilDiv;
import static dev.lanewise.vector.Blocking.roundUp;
import static dev.lanewise.vector.Lanes.LANES;

import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;
import java.util.Arrays;

/**
 * Matrix by vector and vector by matrix. Each element of the matrix is read once and nothing is packed: they run at the speed
 * of memory.
 *
 * <p>An inner product is summed by {@link RowDots} in an order that its length decides. A sum of rows is cut into blocks that
 * their number decides; rows are summed within each block by {@link RowSums}, and the blocks added one after the other. So
 * each element has the same bits on any number of threads, whether these share rows, columns or blocks.
 *
 * <p>The object is borrowed from a pool, holds the scratch, and is the task that it gives to the workers: a call allocates
 * nothing once the pool is warm.
 */
final class MatrixVector implements Workers.Task {
    /**
     * Elements of the matrix from which threads share the work: 1.5 MB. What lies in the second-level cache of one core is
     * read at 90 GB/s; at 512 x 512 two threads were slower (87 and 70 GB/s), at 640 x 640 up to twice as fast.
     */
    static final int WORTH_SHARING = 3 << 17;

    /** Columns that are summed together: their sums, twice 8 KB, stay in the first-level cache beside the rows that pass. */
    private static final int COLUMNS = 2048;

    /**
     * Columns that a thread takes at least, a page: what hardware prefetches beyond a shorter piece of a row is another
     * thread's, and two threads are slower than one.
     */
    private static final int LEAST_COLUMNS = 1024;

    /**
     * Elements of a matrix, and of a row, from which vectors start where cache lines do, if rows allow: 8 MB. What the caches
     * of a core deliver is no faster for it; 2048 x 2048 is by 6 to 10 %.
     */
    private static final int WORTH_ALIGNING = 1 << 21;

    private static final int LONG_ROW = 256;

    /** Most blocks that rows are cut into where they are added up, and the fewest rows of one. */
    private static final int MOST_BLOCKS = 32;

    private static final int LEAST_DEPTH = 64;

    private static final Pool<MatrixVector> POOL = new Pool<>(MatrixVector::new);
    private static final Pool<Scratch> SCRATCH = new Pool<>(Scratch::new);

    private enum Form {
        ROWS, COLUMNS, BLOCKS
    }

    private final Buffer vector = new Buffer();

    /** Sums over single blocks of rows, where threads share these: [blocks x n]. */
    private final Buffer partial = new Buffer();

    private Form form;
    private int rows;
    private int cols;
    private float alpha;
    private float[] matrix;
    private int matrixOffset;
    private int ld;
    private float[] x;
    private int xOffset;
    private float[] y;
    private int yOffset;
    private int incy;
    private float beta;
    private int perPart;

    /** Rows of a block; depends on their number alone. */
    private int depth;

    private MatrixVector() {}

    /**
     * {@code y = alpha * A x + beta * y}: inner products of the rows of A with x.
     *
     * @param workers share the rows of a large matrix
     * @param m rows of A, elements of y
     * @param k columns of A, elements of x; 0 scales y only
     * @param alpha factor of the product; 0 scales y only
     * @param a values of A; element (i, p) at {@code aOffset + i * lda + p}; not modified
     * @param aOffset index of A[0, 0]
     * @param lda distance between two rows
     * @param x the vector; element p at {@code xOffset + p * incx}; not modified
     * @param xOffset index of x[0]
     * @param incx distance between two elements of x
     * @param beta factor of what y holds; 0 overwrites y without reading it
     * @param y the result; element i at {@code yOffset + i * incy}; modified
     * @param yOffset index of y[0]
     * @param incy distance between two elements of y
     */
    static void rows(
            Workers workers, int m, int k, float alpha, float[] a, int aOffset, int lda, float[] x, int xOffset,
            int incx, float beta, float[] y, int yOffset, int incy) {
        if (m == 0) {
            return;
        }
        if (k == 0 || alpha == 0f) {
            scale(m, beta, y, yOffset, incy);
            return;
        }
        MatrixVector product = POOL.acquire();
        product.form = Form.ROWS;
        product.matrix(m, k, alpha, a, aOffset, lda);
        product.x(k, 1f, x, xOffset, incx);
        product.y(beta, y, yOffset, incy);
        product.split(workers, m, RowDots.ROWS);
        product.release();
    }

    /**
     * {@code y = alpha * B^T x + beta * y}: the sum of the rows of B, weighted by x.
     *
     * @param workers share the columns of a large matrix
     * @param k rows of B, elements of x; 0 scales y only
     * @param n columns of B, elements of y
     * @param alpha factor of the product; 0 scales y only
     * @param x the weights; element p at {@code xOffset + p * incx}; not modified
     * @param xOffset index of x[0]
     * @param incx distance between two elements of x
     * @param b values of B; element (p, j) at {@code bOffset + p * ldb + j}; not modified
     * @param bOffset index of B[0, 0]
     * @param ldb distance between two rows
     * @param beta factor of what y holds; 0 overwrites y without reading it
     * @param y the result; element j at {@code yOffset + j * incy}; modified
     * @param yOffset index of y[0]
     * @param incy distance between two elements of y
     */
    static void columns(
            Workers workers, int k, int n, float alpha, float[] x, int xOffset, int incx, float[] b, int bOffset,
            int ldb, float beta, float[] y, int yOffset, int incy) {
        if (n == 0) {
            return;
        }
        if (k == 0 || alpha == 0f) {
            scale(n, beta, y, yOffset, incy);
            return;
        }
        MatrixVector product = POOL.acquire();
        product.form = Form.COLUMNS;
        product.matrix(k, n, alpha, b, bOffset, ldb);
        product.x(k, alpha, x, xOffset, incx);
        product.y(beta, y, yOffset, incy);
        product.sumRows(workers);
        product.release();
    }

    /** {@code y = beta * y}; a beta of 0 clears y without reading it. */
    private static void scale(int n, float beta, float[] y, int yOffset, int incy) {
        for (int i = 0; i < n; i++) {
            int at = yOffset + i * incy;
            y[at] = beta == 0f ? 0f : beta * y[at];
        }
    }

    private void matrix(int rowCount, int colCount, float factor, float[] values, int offset, int distance) {
        rows = rowCount;
        cols = colCount;
        alpha = factor;
        matrix = values;
        matrixOffset = offset;
        ld = distance;
    }

    /** The vector that is read contiguously and with its factor: as it lies, or as a copy. */
    private void x(int n, float factor, float[] values, int offset, int inc) {
        if (inc == 1 && factor == 1f) {
            x = values;
            xOffset = offset;
            return;
        }
        vector.grow(n);
        float[] copy = vector.data;
        for (int i = 0; i < n; i++) {
            copy[i] = factor * values[offset + i * inc];
        }
        x = copy;
        xOffset = 0;
    }

    private void y(float factor, float[] values, int offset, int inc) {
        beta = factor;
        y = values;
        yOffset = offset;
        incy = inc;
    }

    private void release() {
        matrix = null;
        x = null;
        y = null;
        POOL.release(this);
    }

    /** Threads share n rows or columns, in whole units. */
    private void split(Workers workers, int n, int unit) {
        int threads = shared() ? workers.threads() : 1;
        perPart = Math.max(1, roundUp(ceilDiv(n, threads), unit));
        if (perPart >= n) {
            perPart = n;
            run(0);
        } else {
            workers.run(ceilDiv(n, perPart), this);
        }
    }

    private boolean shared() {
        return (long) rows * cols >= WORTH_SHARING;
    }

    /** The sums of the rows: threads share the columns where there are enough, and blocks of rows where not. */
    private void sumRows(Workers workers) {
        depth = Math.max(LEAST_DEPTH, roundUp(ceilDiv(rows, MOST_BLOCKS), 8));
        int blocks = ceilDiv(rows, depth);
        int columnParts = Math.min(workers.threads(), ceilDiv(cols, LEAST_COLUMNS));
        if (!shared() || columnParts >= Math.min(workers.threads(), blocks)) {
            split(workers, cols, Math.min(LEAST_COLUMNS, roundUp(ceilDiv(cols, columnParts), LANES)));
            return;
        }
        partial.grow(blocks * cols);
        form = Form.BLOCKS;
        workers.run(blocks, this);
        float[] sums = partial.data;
        for (int block = 1; block < blocks; block++) {
            addTo(cols, sums, 0, sums, block * cols);
        }
        finish(cols, 1f, sums, 0);
    }

    @Override
    public void run(int part) {
        int from = part * perPart;
        switch (form) {
            case ROWS -> rowDots(from, Math.min(rows, from + perPart));
            case COLUMNS -> rowSums(from, Math.min(cols, from + perPart));
            case BLOCKS -> sumBlock(part * depth, 0, cols, partial.data, part * cols);
        }
    }

    private void rowDots(int from, int to) {
        Scratch scratch = SCRATCH.acquire();
        int lead = lead();
        for (int i = from; i < to; i += RowDots.BATCH) {
            int count = Math.min(RowDots.BATCH, to - i);
            int at = matrixOffset + i * ld;
            if (lead > 0) {
                AlignedDots.multiply(count, cols, matrix, at, ld, x, xOffset, lead, scratch.lanes, scratch.sums);
            } else {
                RowDots.multiply(count, cols, matrix, at, ld, x, xOffset, scratch.lanes, scratch.sums);
            }
            finish(count, alpha, scratch.sums, i);
        }
        SCRATCH.release(scratch);
    }

    private void rowSums(int from, int to) {
        Scratch scratch = SCRATCH.acquire();
        for (int j = from; j < to; j += COLUMNS) {
            int count = Math.min(COLUMNS, to - j);
            sumBlock(0, j, count, scratch.sums, 0);
            for (int p = depth; p < rows; p += depth) {
                sumBlock(p, j, count, scratch.block, 0);
                addTo(count, scratch.sums, 0, scratch.block, 0);
            }
            finish(count, 1f, scratch.sums, j);
        }
        SCRATCH.release(scratch);
    }

    /** The sums of one block of rows, from row p on, in {@code count} columns from j on. */
    private void sumBlock(int p, int j, int count, float[] sums, int sumsOffset) {
        Arrays.fill(sums, sumsOffset, sumsOffset + count, 0f);
        RowSums.add(
                Math.min(depth, rows - p), count, x, xOffset + p, matrix, matrixOffset + p * ld + j, ld, sums,
                sumsOffset);
    }

    /**
     * Elements of each row ahead of those that start a cache line; 0 where rows differ or gain nothing. Vectors that are half a
     * line cross one half as often.
     */
    private int lead() {
        boolean worthIt = LANES == 16 && (long) rows * cols >= WORTH_ALIGNING && cols >= LONG_ROW && ld % LANES == 0;
        return worthIt ? AlignedPanels.lead(matrixOffset) : 0;
    }

    private static void addTo(int n, float[] sums, int sumsOffset, float[] terms, int termsOffset) {
        for (int j = 0; j < n; j++) {
            sums[sumsOffset + j] += terms[termsOffset + j];
        }
    }

    /** {@code y[first + i] = factor * sums[i] + beta * y[first + i]}. */
    private void finish(int count, float factor, float[] sums, int first) {
        float[] out = y;
        float before = beta;
        int inc = incy;
        int at = yOffset + first * inc;
        if (inc == 1 && before == 0f) {
            for (int i = 0; i < count; i++) {
                out[at + i] = factor * sums[i];
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            out[at] = before == 0f ? factor * sums[i] : factor * sums[i] + before * out[at];
            at += inc;
        }
    }

    /** What a thread sums in. */
    private static final class Scratch {
        private final float[] lanes = new float[AlignedDots.scratch()];
        private final float[] sums = new float[COLUMNS];
        private final float[] block = new float[COLUMNS];
    }
}
