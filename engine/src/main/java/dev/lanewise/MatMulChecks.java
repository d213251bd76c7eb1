package dev.lanewise;

import dev.lanewise.kernels.Epilogue;
import java.util.Objects;

/** What {@link MatMulOps} checks before anything is written. */
final class MatMulChecks {
    private MatMulChecks() {}

    /** Whether an operand is used transposed. The common answer takes one comparison; null gets no answer. */
    static boolean transposed(String name, Transpose transpose) {
        return transpose != Transpose.NO && Objects.requireNonNull(transpose, name) == Transpose.YES;
    }

    /** That op(A) [m x k] times op(B) [kB x n] has the shape of C. */
    static void shapes(int m, int k, int kB, int n, Matrix c) {
        if (k != kB || c.rows() != m || c.cols() != n) {
            throw new IllegalArgumentException(
                    "shapes do not fit: op(A) [" + m + " x " + k + "] times op(B) [" + kB + " x " + n + "] into C "
                            + c.shape());
        }
    }

    /** That new values have the shape of the packed operand. */
    static void repack(PackedMatrix target, Matrix b) {
        if (b.rows() != target.k() || b.cols() != target.n()) {
            throw new IllegalArgumentException(
                    "shapes do not fit: B " + b.shape() + " into a packed matrix " + target.shape()
                            + "; pack it anew, or give one of that shape");
        }
    }

    /**
     * Whether operands are beyond doubt: no size is 0, each lies inside an array of its own. A few comparisons, since a
     * product of 4 x 4 takes a dozen nanoseconds; what fails here may still be right, and {@link #operands} tells.
     */
    static boolean plain(
            boolean ta, boolean tb, int m, int n, int k, float[] a, int aOffset, int lda, float[] b, int bOffset,
            int ldb, float[] c, int cOffset, int ldc) {
        int aRows = ta ? k : m;
        int aCols = ta ? m : k;
        int bRows = tb ? n : k;
        int bCols = tb ? k : n;
        // The sign bit of the whole is set if that of any part is. No difference overflows: its minuend is not negative.
        int signs = m - 1 | n - 1 | k - 1 | m | n | k | aOffset | bOffset | cOffset | lda | ldb | ldc | lda - aCols
                | ldb - bCols | ldc - n;
        return signs >= 0 && c != a && c != b && (aRows - 1L) * lda + aCols + aOffset <= a.length
                && (bRows - 1L) * ldb + bCols + bOffset <= b.length && (m - 1L) * ldc + n + cOffset <= c.length;
    }

    /** That A, B and C lie inside their arrays, and C and the pre-activations apart from A and B. */
    static void operands(
            boolean ta, boolean tb, int m, int n, int k, float[] a, int aOffset, int lda, float[] b, int bOffset,
            int ldb, float[] c, int cOffset, int ldc, MatMulEpilogue epilogue) {
        Checks.matrix("A", a, aOffset, ta ? k : m, ta ? m : k, lda);
        Checks.matrix("B", b, bOffset, tb ? n : k, tb ? k : n, ldb);
        Checks.matrix("C", c, cOffset, m, n, ldc);
        separate(m, n, c, cOffset, ldc, "A", a, aOffset, ta ? k : m, ta ? m : k, lda, epilogue);
        separate(m, n, c, cOffset, ldc, "B", b, bOffset, tb ? n : k, tb ? k : n, ldb, epilogue);
    }

    /** That neither C nor the pre-activations, both [m x n], overlap a stored [rows x cols] operand. */
    static void separate(
            int m, int n, float[] c, int cOffset, int ldc, String name, float[] data, int offset, int rows, int cols,
            int ld, MatMulEpilogue epilogue) {
        if (m == 0 || n == 0 || rows == 0 || cols == 0) {
            return;
        }
        Checks.disjoint(
                "C", c, cOffset, cOffset + (m - 1L) * ldc + n, name, data, offset, offset + (rows - 1L) * ld + cols);
        if (epilogue != null) {
            epilogue.checkOperand(m, n, name, data, offset, rows, cols, ld);
        }
    }

    /** The parts of an epilogue that fits, or null where there is nothing to do. */
    static Epilogue epilogue(MatMulEpilogue epilogue, int m, int n, float[] c, int cOffset, int ldc) {
        if (epilogue == null) {
            return null;
        }
        epilogue.check(m, n, c, cOffset, ldc);
        return epilogue.values();
    }

    /** Index behind the last element of a batch of [rows x cols] matrices, which must lie inside the array. */
    static long batchEnd(
            String name, float[] data, int offset, int rows, int cols, int stride, int batch, int distance) {
        Checks.matrix(name, data, offset, rows, cols, stride);
        if (rows == 0 || cols == 0) {
            return offset;
        }
        long end = offset + (batch - 1L) * distance + (rows - 1L) * stride + cols;
        if (end > data.length) {
            throw new IllegalArgumentException(
                    name + ": " + batch + " times [" + rows + " x " + cols + "], " + distance + " apart, end at index "
                            + end + ", but its array has " + data.length + " elements");
        }
        return end;
    }
}
