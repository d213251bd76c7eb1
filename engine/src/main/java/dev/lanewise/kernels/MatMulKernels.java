package dev.lanewise.kernels;

import dev.lanewise.runtime.Workers;

/**
 * General matrix multiply. Operands are given with two strides each, so a transposed operand is the same array with its
 * strides exchanged; one of the two strides of each operand is 1.
 */
public interface MatMulKernels {
    /**
     * {@code C[i, j] = alpha * sum over p of A[i, p] * B[p, j] + beta * C[i, j]}, where
     * {@code A[i, p] = a[aOffset + i * aRow + p * aCol]} and {@code B[p, j] = b[bOffset + p * bRow + j * bCol]}.
     *
     * <p>{@code beta == 0} overwrites C without reading it. {@code k == 0} or {@code alpha == 0} scales C only; A and B
     * are not read then. The sum runs over p in ascending order within blocks of fixed depth, whatever the number of
     * threads and whatever the position of the element in C: the same bits always.
     *
     * @param workers runs the parts
     * @param m rows of A and C
     * @param n columns of B and C
     * @param k columns of A, rows of B
     * @param alpha factor of the product
     * @param a values of A; not modified
     * @param aOffset index of A[0, 0]
     * @param aRow distance between A[i, p] and A[i + 1, p]
     * @param aCol distance between A[i, p] and A[i, p + 1]
     * @param b values of B; not modified
     * @param bOffset index of B[0, 0]
     * @param bRow distance between B[p, j] and B[p + 1, j]
     * @param bCol distance between B[p, j] and B[p, j + 1]
     * @param beta factor of what C holds
     * @param c values of C; modified
     * @param cOffset index of C[0, 0]
     * @param ldc distance between two rows of C
     * @param epilogue what happens to the result before it is stored for good, or null
     */
    void multiply(
            Workers workers,
            int m,
            int n,
            int k,
            float alpha,
            float[] a,
            int aOffset,
            int aRow,
            int aCol,
            float[] b,
            int bOffset,
            int bRow,
            int bCol,
            float beta,
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue);

    /**
     * A batch of products of one shape, {@code i = 0 .. batch - 1}: A, B and C of the next one are {@code aBatch},
     * {@code bBatch} and {@code cBatch} further on. Each has the bits that {@link #multiply} gives it.
     *
     * @param workers runs the parts
     * @param batch number of products
     * @param m rows of A and C
     * @param n columns of B and C
     * @param k columns of A, rows of B
     * @param alpha factor of the product
     * @param a values of A; not modified
     * @param aOffset index of the first A[0, 0]
     * @param aRow distance between A[i, p] and A[i + 1, p]
     * @param aCol distance between A[i, p] and A[i, p + 1]
     * @param aBatch distance between two A
     * @param b values of B; not modified
     * @param bOffset index of the first B[0, 0]
     * @param bRow distance between B[p, j] and B[p + 1, j]
     * @param bCol distance between B[p, j] and B[p, j + 1]
     * @param bBatch distance between two B
     * @param beta factor of what C holds
     * @param c values of C; modified
     * @param cOffset index of the first C[0, 0]
     * @param ldc distance between two rows of C
     * @param cBatch distance between two C
     */
    void multiplyBatch(
            Workers workers,
            int batch,
            int m,
            int n,
            int k,
            float alpha,
            float[] a,
            int aOffset,
            int aRow,
            int aCol,
            int aBatch,
            float[] b,
            int bOffset,
            int bRow,
            int bCol,
            int bBatch,
            float beta,
            float[] c,
            int cOffset,
            int ldc,
            int cBatch);

    /**
     * Brings a right operand into the order in which this implementation reads it.
     *
     * @param k rows of B
     * @param n columns of B
     * @param b values of B; not modified
     * @param bOffset index of B[0, 0]
     * @param bRow distance between B[p, j] and B[p + 1, j]
     * @param bCol distance between B[p, j] and B[p, j + 1]
     * @param reuse an operand of the same k and n whose memory may be overwritten, or null for a new one
     * @return the packed operand; independent of b
     */
    PackedB pack(int k, int n, float[] b, int bOffset, int bRow, int bCol, PackedB reuse);

    /**
     * {@link #multiply} with a right operand that is packed already: the same bits, but for a C of one row, one column or a
     * depth of one, which an implementation may compute in another way where nothing is packed.
     *
     * @param workers runs the parts
     * @param m rows of A and C
     * @param alpha factor of the product
     * @param a values of A; not modified
     * @param aOffset index of A[0, 0]
     * @param aRow distance between A[i, p] and A[i + 1, p]
     * @param aCol distance between A[i, p] and A[i, p + 1]
     * @param b what {@link #pack} of this implementation returned
     * @param beta factor of what C holds
     * @param c values of C; modified
     * @param cOffset index of C[0, 0]
     * @param ldc distance between two rows of C
     * @param epilogue what happens to the result before it is stored for good, or null
     */
    void multiplyPacked(
            Workers workers,
            int m,
            float alpha,
            float[] a,
            int aOffset,
            int aRow,
            int aCol,
            PackedB b,
            float beta,
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue);
}
