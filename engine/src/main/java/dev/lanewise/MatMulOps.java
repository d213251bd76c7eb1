package dev.lanewise;

import dev.lanewise.kernels.MatMulKernels;
import dev.lanewise.runtime.Workers;

/**
 * General matrix multiply: {@code C = alpha * op(A) * op(B) + beta * C}, where op leaves its operand as it is or transposes
 * it. Arrays are row-major with an offset and a leading dimension each.
 *
 * <p>{@code beta == 0} overwrites C without reading it, even where it holds NaN. NaN and infinities in A and B propagate by
 * the rules of IEEE 754. The same arguments give the same bits for any number of threads.
 */
public final class MatMulOps {
    private final MatMulKernels kernels;
    private final Workers workers;

    MatMulOps(MatMulKernels kernels, Workers workers) {
        this.kernels = kernels;
        this.workers = workers;
    }

    /**
     * {@code C = A * B}.
     *
     * @param a [m x k]; not modified
     * @param b [k x n]; not modified
     * @param c [m x n]; overwritten
     * @throws IllegalArgumentException if the shapes do not fit, or C overlaps A or B
     */
    public void multiply(Matrix a, Matrix b, Matrix c) {
        multiply(Transpose.NO, Transpose.NO, 1f, a, b, 0f, c);
    }

    /**
     * {@code C = alpha * op(A) * op(B) + beta * C}.
     *
     * @param transposeA whether A is used transposed
     * @param transposeB whether B is used transposed
     * @param alpha factor of the product
     * @param a op(A) is [m x k]; not modified
     * @param b op(B) is [k x n]; not modified
     * @param beta factor of what C holds; 0 overwrites it
     * @param c [m x n]; modified
     * @throws IllegalArgumentException if the shapes do not fit, or C overlaps A or B
     */
    public void multiply(
            Transpose transposeA, Transpose transposeB, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
        int m = transposeA == Transpose.NO ? a.rows() : a.cols();
        int k = transposeA == Transpose.NO ? a.cols() : a.rows();
        int kB = transposeB == Transpose.NO ? b.rows() : b.cols();
        int n = transposeB == Transpose.NO ? b.cols() : b.rows();
        if (k != kB || c.rows() != m || c.cols() != n) {
            throw new IllegalArgumentException(
                    "shapes do not fit: op(A) [" + m + " x " + k + "] times op(B) [" + kB + " x " + n + "] into C "
                            + c.shape());
        }
        multiply(
                transposeA, transposeB, m, n, k, alpha, a.data(), a.offset(), a.stride(), b.data(), b.offset(),
                b.stride(),
                beta, c.data(), c.offset(), c.stride());
    }

    /**
     * {@code C = alpha * op(A) * op(B) + beta * C} on plain arrays.
     *
     * @param transposeA whether A is stored [k x m] and used transposed, instead of [m x k]
     * @param transposeB whether B is stored [n x k] and used transposed, instead of [k x n]
     * @param m rows of op(A) and C
     * @param n columns of op(B) and C
     * @param k columns of op(A), rows of op(B)
     * @param alpha factor of the product
     * @param a values of A; not modified
     * @param aOffset index of its first element
     * @param lda distance between two stored rows of A
     * @param b values of B; not modified
     * @param bOffset index of its first element
     * @param ldb distance between two stored rows of B
     * @param beta factor of what C holds; 0 overwrites it
     * @param c values of C; modified
     * @param cOffset index of its first element
     * @param ldc distance between two rows of C
     * @throws IllegalArgumentException if an operand does not lie inside its array, or C overlaps A or B
     */
    public void multiply(
            Transpose transposeA, Transpose transposeB, int m, int n, int k, float alpha, float[] a, int aOffset,
            int lda,
            float[] b, int bOffset, int ldb, float beta, float[] c, int cOffset, int ldc) {
        boolean ta = transposeA == Transpose.YES;
        boolean tb = transposeB == Transpose.YES;
        int aRows = ta ? k : m;
        int aCols = ta ? m : k;
        int bRows = tb ? n : k;
        int bCols = tb ? k : n;
        Checks.matrix("A", a, aOffset, aRows, aCols, lda);
        Checks.matrix("B", b, bOffset, bRows, bCols, ldb);
        Checks.matrix("C", c, cOffset, m, n, ldc);
        if (m == 0 || n == 0) {
            return;
        }
        long cEnd = cOffset + (m - 1L) * ldc + n;
        if (k > 0) {
            Checks.disjoint("C", c, cOffset, cEnd, "A", a, aOffset, aOffset + (aRows - 1L) * lda + aCols);
            Checks.disjoint("C", c, cOffset, cEnd, "B", b, bOffset, bOffset + (bRows - 1L) * ldb + bCols);
        }
        kernels.multiply(
                workers, m, n, k, alpha, a, aOffset, ta ? 1 : lda, ta ? lda : 1, b, bOffset, tb ? 1 : ldb, tb ? ldb : 1,
                beta, c, cOffset, ldc);
    }

    /**
     * A batch of products of one shape: product i reads A at {@code aOffset + i * aBatch} and B at
     * {@code bOffset + i * bBatch} and writes C at {@code cOffset + i * cBatch}. A batch distance of 0 uses one operand for
     * all; that of C must keep the results apart.
     *
     * @param batch number of products
     * @param transposeA whether A is used transposed
     * @param transposeB whether B is used transposed
     * @param m rows of op(A) and C
     * @param n columns of op(B) and C
     * @param k columns of op(A), rows of op(B)
     * @param alpha factor of the product
     * @param a values of A; not modified
     * @param aOffset index of the first element of the first A
     * @param lda distance between two stored rows of A
     * @param aBatch distance between two A
     * @param b values of B; not modified
     * @param bOffset index of the first element of the first B
     * @param ldb distance between two stored rows of B
     * @param bBatch distance between two B
     * @param beta factor of what C holds; 0 overwrites it
     * @param c values of C; modified
     * @param cOffset index of the first element of the first C
     * @param ldc distance between two rows of C
     * @param cBatch distance between two C, at least {@code (m - 1) * ldc + n}
     * @throws IllegalArgumentException if an operand does not lie inside its array, results overlap, or C overlaps A or B
     */
    public void multiplyBatch(
            int batch, Transpose transposeA, Transpose transposeB, int m, int n, int k, float alpha, float[] a,
            int aOffset,
            int lda, int aBatch, float[] b, int bOffset, int ldb, int bBatch, float beta, float[] c, int cOffset,
            int ldc,
            int cBatch) {
        Checks.notNegative("batch", batch);
        Checks.notNegative("aBatch", aBatch);
        Checks.notNegative("bBatch", bBatch);
        if (batch == 0 || m == 0 || n == 0) {
            return;
        }
        boolean ta = transposeA == Transpose.YES;
        boolean tb = transposeB == Transpose.YES;
        long aEnd = batchEnd("A", a, aOffset, ta ? k : m, ta ? m : k, lda, batch, aBatch);
        long bEnd = batchEnd("B", b, bOffset, tb ? n : k, tb ? k : n, ldb, batch, bBatch);
        long cEnd = batchEnd("C", c, cOffset, m, n, ldc, batch, cBatch);
        if (batch > 1 && cBatch < (m - 1L) * ldc + n) {
            throw new IllegalArgumentException(
                    "results overlap: the distance between two C is " + cBatch + ", but one takes "
                            + ((m - 1L) * ldc + n));
        }
        Checks.disjoint("C", c, cOffset, cEnd, "A", a, aOffset, aEnd);
        Checks.disjoint("C", c, cOffset, cEnd, "B", b, bOffset, bEnd);
        int aRow = ta ? 1 : lda;
        int aCol = ta ? lda : 1;
        int bRow = tb ? 1 : ldb;
        int bCol = tb ? ldb : 1;
        if (workers.threads() == 1 || batch < workers.threads()) {
            for (int i = 0; i < batch; i++) {
                kernels.multiply(
                        workers, m, n, k, alpha, a, aOffset + i * aBatch, aRow, aCol, b, bOffset + i * bBatch, bRow,
                        bCol,
                        beta, c, cOffset + i * cBatch, ldc);
            }
            return;
        }
        workers.run(
                batch,
                i -> kernels.multiply(
                        Workers.serial(), m, n, k, alpha, a, aOffset + i * aBatch, aRow, aCol, b, bOffset + i * bBatch,
                        bRow,
                        bCol, beta, c, cOffset + i * cBatch, ldc));
    }

    private static long batchEnd(
            String name, float[] data, int offset, int rows, int cols, int stride, int batch, int distance) {
        Checks.matrix(name, data, offset, rows, cols, stride);
        long end = rows == 0 || cols == 0 ? offset : offset + (batch - 1L) * distance + (rows - 1L) * stride + cols;
        if (end > data.length) {
            throw new IllegalArgumentException(
                    name + ": " + batch + " times [" + rows + " x " + cols + "], " + distance + " apart, end at index "
                            + end
                            + ", but its array has " + data.length + " elements");
        }
        return end;
    }
}
