package dev.lanewise;

import dev.lanewise.kernels.Epilogue;

/** What {@link MatMulOps} checks before anything is written. */
final class MatMulChecks {
    private MatMulChecks() {}

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
