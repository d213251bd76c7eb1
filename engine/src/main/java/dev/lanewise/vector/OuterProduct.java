package dev.lanewise.vector;

import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * The outer product of two vectors, which writes each element of a matrix once and runs at the speed of memory. Each element
 * is one product, so it has the same bits on any number of threads.
 *
 * <p>The object is borrowed from a pool and is the task that it gives to the workers: a call allocates nothing once the pool is
 * warm.
 */
final class OuterProduct implements Workers.Task {
    /** Weights that are scaled together, 4 KB of them. */
    private static final int WEIGHTS = 1024;

    private static final Pool<OuterProduct> POOL = new Pool<>(OuterProduct::new);
    private static final Pool<Buffer> SCRATCH = new Pool<>(Buffer::new);

    /** The right vector, where its elements are apart. */
    private final Buffer contiguous = new Buffer();

    private int rows;
    private int cols;
    private float alpha;
    private float[] x;
    private int xOffset;
    private int incx;
    private float[] y;
    private int yOffset;
    private float beta;
    private float[] c;
    private int cOffset;
    private int ldc;
    private int rowsPerPart;

    private OuterProduct() {}

    /**
     * {@code C = alpha * x y^T + beta * C}.
     *
     * @param workers share the rows of a large matrix
     * @param m rows of C, elements of x
     * @param n columns of C, elements of y
     * @param alpha factor of the product
     * @param x the left vector; element i at {@code xOffset + i * incx}; not modified
     * @param xOffset index of x[0]
     * @param incx distance between two elements of x
     * @param y the right vector; element j at {@code yOffset + j * incy}; not modified
     * @param yOffset index of y[0]
     * @param incy distance between two elements of y
     * @param beta factor of what C holds; 0 overwrites C without reading it
     * @param c values of C; element (i, j) at {@code cOffset + i * ldc + j}; modified
     * @param cOffset index of C[0, 0]
     * @param ldc distance between two rows of C
     */
    static void multiply(
            Workers workers, int m, int n, float alpha, float[] x, int xOffset, int incx, float[] y, int yOffset,
            int incy, float beta, float[] c, int cOffset, int ldc) {
        if (m == 0 || n == 0) {
            return;
        }
        OuterProduct product = POOL.acquire();
        product.left(m, alpha, x, xOffset, incx);
        product.right(n, y, yOffset, incy);
        product.result(beta, c, cOffset, ldc);
        product.run(workers);
        product.x = null;
        product.y = null;
        product.c = null;
        POOL.release(product);
    }

    private void left(int m, float factor, float[] values, int offset, int inc) {
        rows = m;
        alpha = factor;
        x = values;
        xOffset = offset;
        incx = inc;
    }

    /** Read along memory for each row: as it lies, or as a copy. */
    private void right(int n, float[] values, int offset, int inc) {
        cols = n;
        if (inc == 1) {
            y = values;
            yOffset = offset;
            return;
        }
        contiguous.grow(n);
        for (int j = 0; j < n; j++) {
            contiguous.data[j] = values[offset + j * inc];
        }
        y = contiguous.data;
        yOffset = 0;
    }

    private void result(float factor, float[] values, int offset, int distance) {
        beta = factor;
        c = values;
        cOffset = offset;
        ldc = distance;
    }

    private void run(Workers workers) {
        int threads = isLarge() ? workers.threads() : 1;
        rowsPerPart = Blocking.ceilDiv(rows, threads);
        if (threads == 1) {
            run(0);
        } else {
            workers.run(Blocking.ceilDiv(rows, rowsPerPart), this);
        }
    }

    private boolean isLarge() {
        return (long) rows * cols >= MatrixVector.WORTH_SHARING;
    }

    @Override
    public void run(int part) {
        Buffer scratch = SCRATCH.acquire();
        scratch.grow(WEIGHTS);
        float[] w = scratch.data;
        int end = Math.min(rows, (part + 1) * rowsPerPart);
        for (int first = part * rowsPerPart; first < end; first += WEIGHTS) {
            int count = Math.min(WEIGHTS, end - first);
            for (int i = 0; i < count; i++) {
                w[i] = alpha * x[xOffset + (first + i) * incx];
            }
            write(first, count, w);
        }
        SCRATCH.release(scratch);
    }

    private void write(int first, int count, float[] w) {
        int i = 0;
        if (beta == 0f && !isLarge()) {
            // Four rows share what is read; but a matrix that leaves the cache is written faster row by row.
            for (; i + 4 <= count; i += 4) {
                RankOne.setFour(cols, w, i, y, yOffset, c, cOffset + (first + i) * ldc, ldc);
            }
        }
        for (; i < count; i++) {
            int at = cOffset + (first + i) * ldc;
            if (beta == 0f) {
                RankOne.set(cols, w[i], y, yOffset, c, at);
            } else {
                RankOne.update(cols, w[i], y, yOffset, beta, c, at);
            }
        }
    }
}
