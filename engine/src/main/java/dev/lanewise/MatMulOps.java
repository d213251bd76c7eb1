package dev.lanewise;

import dev.lanewise.kernels.Epilogue;
import dev.lanewise.kernels.MatMulKernels;
import dev.lanewise.kernels.PackedB;
import dev.lanewise.runtime.Workers;

/**
 * General matrix multiply: {@code C = alpha * op(A) * op(B) + beta * C}, where op leaves its operand as it is or transposes
 * it. Arrays are row-major with an offset and a leading dimension each. A {@link MatMulEpilogue} adds what often follows a
 * product, and a {@link PackedMatrix} is a right operand that is used again and again.
 *
 * <p>{@code beta == 0} overwrites C without reading it, even where it holds NaN. NaN and infinities in A and B propagate by
 * the rules of IEEE 754; with {@code alpha == 0} or {@code k == 0} neither is read. The same arguments give the same bits
 * for any number of threads, packed or not, alone or in a batch; only where m, n or k is 1 may the last bits of a packed and
 * an unpacked product differ, since the latter reads its matrix once and packs nothing.
 *
 * <p>What is null, an epilogue excepted, is refused with a {@link NullPointerException} that names it.
 */
public final class MatMulOps {
    private final MatMulKernels kernels;
    private final String name;
    private final Workers workers;
    private final Lifetime lifetime;

    MatMulOps(MatMulKernels kernels, String name, Workers workers, Lifetime lifetime) {
        this.kernels = kernels;
        this.name = name;
        this.workers = workers;
        this.lifetime = lifetime;
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
        multiply(Transpose.NO, Transpose.NO, 1f, a, b, 0f, c, null);
    }

    /**
     * {@code C = activation(A * B + bias) + residual}.
     *
     * @param a [m x k]; not modified
     * @param b [k x n]; not modified
     * @param c [m x n]; overwritten
     * @param epilogue bias, activation and residual; null for none
     * @throws IllegalArgumentException if the shapes do not fit, C overlaps A or B, or the epilogue does not fit
     */
    public void multiply(Matrix a, Matrix b, Matrix c, MatMulEpilogue epilogue) {
        multiply(Transpose.NO, Transpose.NO, 1f, a, b, 0f, c, epilogue);
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
        multiply(transposeA, transposeB, alpha, a, b, beta, c, null);
    }

    /**
     * {@code C = activation(alpha * op(A) * op(B) + beta * C + bias) + residual}.
     *
     * @param transposeA whether A is used transposed
     * @param transposeB whether B is used transposed
     * @param alpha factor of the product
     * @param a op(A) is [m x k]; not modified
     * @param b op(B) is [k x n]; not modified
     * @param beta factor of what C holds; 0 overwrites it
     * @param c [m x n]; modified
     * @param epilogue bias, activation and residual; null for none
     * @throws IllegalArgumentException if the shapes do not fit, C overlaps A or B, or the epilogue does not fit
     */
    public void multiply(
            Transpose transposeA, Transpose transposeB, float alpha, Matrix a, Matrix b, float beta, Matrix c,
            MatMulEpilogue epilogue) {
        boolean ta = MatMulChecks.transposed("transposeA", transposeA);
        boolean tb = MatMulChecks.transposed("transposeB", transposeB);
        int m = ta ? a.cols() : a.rows();
        int k = ta ? a.rows() : a.cols();
        int kB = tb ? b.cols() : b.rows();
        int n = tb ? b.rows() : b.cols();
        MatMulChecks.shapes(m, k, kB, n, c);
        multiply(
                transposeA, transposeB, m, n, k, alpha, a.data(), a.offset(), a.stride(), b.data(), b.offset(),
                b.stride(), beta, c.data(), c.offset(), c.stride(), epilogue);
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
            int lda, float[] b, int bOffset, int ldb, float beta, float[] c, int cOffset, int ldc) {
        multiply(
                transposeA, transposeB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, null);
    }

    /**
     * {@code C = activation(alpha * op(A) * op(B) + beta * C + bias) + residual} on plain arrays. With {@code k == 0} the
     * epilogue applies to {@code beta * C}.
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
     * @param epilogue bias, activation and residual; null for none
     * @throws IllegalArgumentException if an operand or a part of the epilogue does not lie inside its array, C overlaps
     *     another of them, or pre-activations are kept in an array that is used otherwise
     */
    public void multiply(
            Transpose transposeA, Transpose transposeB, int m, int n, int k, float alpha, float[] a, int aOffset,
            int lda, float[] b, int bOffset, int ldb, float beta, float[] c, int cOffset, int ldc,
            MatMulEpilogue epilogue) {
        lifetime.check();
        boolean ta = MatMulChecks.transposed("transposeA", transposeA);
        boolean tb = MatMulChecks.transposed("transposeB", transposeB);
        Epilogue values = null;
        if (epilogue != null
                || !MatMulChecks.plain(ta, tb, m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc)) {
            MatMulChecks.operands(ta, tb, m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc, epilogue);
            values = MatMulChecks.epilogue(epilogue, m, n, c, cOffset, ldc);
            if (m == 0 || n == 0) {
                return;
            }
        }
        kernels.multiply(
                workers, m, n, k, alpha, a, aOffset, ta ? 1 : lda, ta ? lda : 1, b, bOffset, tb ? 1 : ldb, tb ? ldb : 1,
                beta, c, cOffset, ldc, values);
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
            int aOffset, int lda, int aBatch, float[] b, int bOffset, int ldb, int bBatch, float beta, float[] c,
            int cOffset, int ldc, int cBatch) {
        lifetime.check();
        Checks.notNegative("batch", batch);
        Checks.notNegative("aBatch", aBatch);
        Checks.notNegative("bBatch", bBatch);
        if (batch == 0) {
            return;
        }
        boolean ta = MatMulChecks.transposed("transposeA", transposeA);
        boolean tb = MatMulChecks.transposed("transposeB", transposeB);
        long aEnd = MatMulChecks.batchEnd("A", a, aOffset, ta ? k : m, ta ? m : k, lda, batch, aBatch);
        long bEnd = MatMulChecks.batchEnd("B", b, bOffset, tb ? n : k, tb ? k : n, ldb, batch, bBatch);
        long cEnd = MatMulChecks.batchEnd("C", c, cOffset, m, n, ldc, batch, cBatch);
        if (m == 0 || n == 0) {
            return;
        }
        long one = (m - 1L) * ldc + n;
        if (batch > 1 && cBatch < one) {
            throw new IllegalArgumentException(
                    "results overlap: the distance between two C is " + cBatch + ", but one takes " + one);
        }
        Overlap.separateVectors("C", c, cOffset, cEnd - cOffset, "A", a, aOffset, aEnd - aOffset);
        Overlap.separateVectors("C", c, cOffset, cEnd - cOffset, "B", b, bOffset, bEnd - bOffset);
        kernels.multiplyBatch(
                workers, batch, m, n, k, alpha, a, aOffset, ta ? 1 : lda, ta ? lda : 1, aBatch, b, bOffset,
                tb ? 1 : ldb, tb ? ldb : 1, bBatch, beta, c, cOffset, ldc, cBatch);
    }

    /**
     * Copies a right operand into the order in which the kernels read it, for many products with it.
     *
     * @param b [k x n]; not modified, and not looked at again
     * @return a new operand of the same shape
     */
    public PackedMatrix pack(Matrix b) {
        return pack(Transpose.NO, b.rows(), b.cols(), b.data(), b.offset(), b.stride());
    }

    /**
     * Copies a right operand {@code op(B)} into the order in which the kernels read it, for many products with it.
     *
     * @param transposeB whether B is stored [n x k] and used transposed, instead of [k x n]
     * @param k rows of op(B)
     * @param n columns of op(B)
     * @param b values of B; not modified, and not looked at again
     * @param offset index of its first element
     * @param ld distance between two stored rows of B
     * @return a new operand [k x n]
     * @throws IllegalArgumentException if B does not lie inside its array
     */
    public PackedMatrix pack(Transpose transposeB, int k, int n, float[] b, int offset, int ld) {
        return new PackedMatrix(kernels, name, packed(transposeB, k, n, b, offset, ld, null));
    }

    /**
     * Gives a packed operand new values, in the memory that it has. No product may use it meanwhile.
     *
     * @param target overwritten
     * @param b [k x n], the shape of the target; not modified, and not looked at again
     * @throws IllegalArgumentException if the shapes differ, or an engine of another implementation made the target
     */
    public void repack(PackedMatrix target, Matrix b) {
        MatMulChecks.repack(target, b);
        repack(target, Transpose.NO, b.data(), b.offset(), b.stride());
    }

    /**
     * Gives a packed operand {@code op(B)} [k x n] new values, in the memory that it has. No product may use it meanwhile.
     *
     * @param target overwritten
     * @param transposeB whether B is stored [n x k] and used transposed, instead of [k x n]
     * @param b values of B; not modified, and not looked at again
     * @param offset index of its first element
     * @param ld distance between two stored rows of B
     * @throws IllegalArgumentException if B does not lie inside its array, or an engine of another implementation made the
     *     target
     */
    public void repack(PackedMatrix target, Transpose transposeB, float[] b, int offset, int ld) {
        PackedB old = target.of(kernels, name);
        target.refresh(packed(transposeB, old.k(), old.n(), b, offset, ld, old));
    }

    private PackedB packed(Transpose transposeB, int k, int n, float[] b, int offset, int ld, PackedB reuse) {
        lifetime.check();
        boolean tb = MatMulChecks.transposed("transposeB", transposeB);
        Checks.matrix("B", b, offset, tb ? n : k, tb ? k : n, ld);
        Checks.size(k, n);
        return kernels.pack(k, n, b, offset, tb ? 1 : ld, tb ? ld : 1, reuse);
    }

    /**
     * {@code C = A * op(B)}.
     *
     * @param a [m x k]; not modified
     * @param b [k x n]; not modified
     * @param c [m x n]; overwritten
     * @throws IllegalArgumentException if the shapes do not fit, C overlaps A, or an engine of another implementation made b
     */
    public void multiply(Matrix a, PackedMatrix b, Matrix c) {
        multiply(a, b, c, null);
    }

    /**
     * {@code C = activation(A * op(B) + bias) + residual}.
     *
     * @param a [m x k]; not modified
     * @param b [k x n]; not modified
     * @param c [m x n]; overwritten
     * @param epilogue bias, activation and residual; null for none
     * @throws IllegalArgumentException if the shapes or the epilogue do not fit, C overlaps A, or an engine of another
     *     implementation made b
     */
    public void multiply(Matrix a, PackedMatrix b, Matrix c, MatMulEpilogue epilogue) {
        MatMulChecks.shapes(a.rows(), a.cols(), b.k(), b.n(), c);
        multiply(
                Transpose.NO, a.rows(), 1f, a.data(), a.offset(), a.stride(), b, 0f, c.data(), c.offset(), c.stride(),
                epilogue);
    }

    /**
     * {@code C = activation(alpha * op(A) * op(B) + beta * C + bias) + residual} on plain arrays, with the shape [k x n] of
     * the packed operand.
     *
     * @param transposeA whether A is stored [k x m] and used transposed, instead of [m x k]
     * @param m rows of op(A) and C
     * @param alpha factor of the product
     * @param a values of A; not modified
     * @param aOffset index of its first element
     * @param lda distance between two stored rows of A
     * @param b [k x n]; not modified
     * @param beta factor of what C holds; 0 overwrites it
     * @param c values of C; modified
     * @param cOffset index of its first element
     * @param ldc distance between two rows of C
     * @param epilogue bias, activation and residual; null for none
     * @throws IllegalArgumentException if an operand or a part of the epilogue does not lie inside its array, C overlaps
     *     another of them, pre-activations are kept in an array that is used otherwise, or an engine of another
     *     implementation made b
     */
    public void multiply(
            Transpose transposeA, int m, float alpha, float[] a, int aOffset, int lda, PackedMatrix b, float beta,
            float[] c, int cOffset, int ldc, MatMulEpilogue epilogue) {
        lifetime.check();
        boolean ta = MatMulChecks.transposed("transposeA", transposeA);
        PackedB packed = b.of(kernels, name);
        int k = b.k();
        int n = b.n();
        Checks.matrix("A", a, aOffset, ta ? k : m, ta ? m : k, lda);
        Checks.matrix("C", c, cOffset, m, n, ldc);
        MatMulChecks.separate(m, n, c, cOffset, ldc, "A", a, aOffset, ta ? k : m, ta ? m : k, lda, epilogue);
        Epilogue values = MatMulChecks.epilogue(epilogue, m, n, c, cOffset, ldc);
        if (m == 0 || n == 0) {
            return;
        }
        kernels.multiplyPacked(
                workers, m, alpha, a, aOffset, ta ? 1 : lda, ta ? lda : 1, packed, beta, c, cOffset, ldc, values);
    }
}
