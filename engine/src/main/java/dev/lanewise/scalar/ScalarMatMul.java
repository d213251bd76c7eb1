package dev.lanewise.scalar;

import dev.lanewise.kernels.Epilogue;
import dev.lanewise.kernels.MatMulKernels;
import dev.lanewise.kernels.PackedB;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * Matrix multiply as three loops, in the order that runs along memory. Where the rows of B are contiguous, row i of C
 * collects {@code A[i, p] * B[p, :]} for ascending p; where its columns are, each element of C is an inner product.
 * Sums are float, in ascending p, so each element has the same bits whatever the split.
 */
final class ScalarMatMul implements MatMulKernels {
    /** Multiplications that are worth a fork: about 20 microseconds of this code. */
    private static final int BLOCK_WORK = 1 << 16;

    private final Pool<Scratch> pool = new Pool<>(Scratch::new);

    @Override
    public void multiply(
            Workers workers, int m, int n, int k, float alpha, float[] a, int aOffset, int aRow, int aCol, float[] b,
            int bOffset, int bRow, int bCol, float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
        int depth = alpha == 0f ? 0 : k;
        int blockRows = (int) Math.max(1, BLOCK_WORK / Math.max(1, (long) n * depth));
        int blocks = (m - 1) / blockRows + 1;
        if (workers.threads() == 1 || blocks == 1) {
            rows(
                    0, m, n, depth, alpha, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, beta, c, cOffset, ldc,
                    epilogue);
            return;
        }
        workers.run(
                blocks,
                block -> rows(
                        block * blockRows, Math.min(m, (block + 1) * blockRows), n, depth, alpha, a, aOffset, aRow,
                        aCol, b, bOffset, bRow, bCol, beta, c, cOffset, ldc, epilogue));
    }

    @Override
    public void multiplyBatch(
            Workers workers, int batch, int m, int n, int k, float alpha, float[] a, int aOffset, int aRow, int aCol,
            int aBatch, float[] b, int bOffset, int bRow, int bCol, int bBatch, float beta, float[] c, int cOffset,
            int ldc, int cBatch) {
        workers.run(
                batch,
                i -> multiply(
                        Workers.serial(), m, n, k, alpha, a, aOffset + i * aBatch, aRow, aCol, b, bOffset + i * bBatch,
                        bRow, bCol, beta, c, cOffset + i * cBatch, ldc, null));
    }

    @Override
    public PackedB pack(int k, int n, float[] b, int bOffset, int bRow, int bCol, PackedB reuse) {
        CopiedB copy = reuse == null ? new CopiedB(k, n) : (CopiedB) reuse;
        copy.copy(b, bOffset, bRow, bCol);
        return copy;
    }

    @Override
    public void multiplyPacked(
            Workers workers, int m, float alpha, float[] a, int aOffset, int aRow, int aCol, PackedB b, float beta,
            float[] c, int cOffset, int ldc, Epilogue epilogue) {
        CopiedB copy = (CopiedB) b;
        multiply(
                workers, m, copy.n(), copy.k(), alpha, a, aOffset, aRow, aCol, copy.values(), 0, copy.row(), copy.col(),
                beta, c, cOffset, ldc, epilogue);
    }

    private void rows(
            int from, int to, int n, int k, float alpha, float[] a, int aOffset, int aRow, int aCol, float[] b,
            int bOffset, int bRow, int bCol, float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
        Scratch scratch = pool.acquire();
        // Row i of alpha * A, gathered once: it is read n times if B is transposed, and A's columns may lie far apart.
        float[] row = scratch.first(k);
        for (int i = from; i < to; i++) {
            for (int p = 0; p < k; p++) {
                row[p] = alpha * a[aOffset + i * aRow + p * aCol];
            }
            int ci = cOffset + i * ldc;
            scale(n, beta, c, ci);
            if (bCol == 1) {
                addRows(n, k, row, b, bOffset, bRow, c, ci);
            } else {
                addInnerProducts(n, k, row, b, bOffset, bRow, bCol, c, ci);
            }
            if (epilogue != null) {
                finish(epilogue, i, n, c, ci);
            }
        }
        pool.release(scratch);
    }

    /** Zero overwrites: what C holds may be NaN or was never set. */
    private static void scale(int n, float beta, float[] c, int ci) {
        if (beta == 0f) {
            for (int j = 0; j < n; j++) {
                c[ci + j] = 0f;
            }
        } else if (beta != 1f) {
            for (int j = 0; j < n; j++) {
                c[ci + j] *= beta;
            }
        }
    }

    private static void addRows(int n, int k, float[] row, float[] b, int bOffset, int bRow, float[] c, int ci) {
        for (int p = 0; p < k; p++) {
            float ap = row[p];
            int bp = bOffset + p * bRow;
            for (int j = 0; j < n; j++) {
                c[ci + j] += ap * b[bp + j];
            }
        }
    }

    private static void addInnerProducts(
            int n, int k, float[] row, float[] b, int bOffset, int bRow, int bCol, float[] c, int ci) {
        for (int j = 0; j < n; j++) {
            int bj = bOffset + j * bCol;
            float sum = 0f;
            for (int p = 0; p < k; p++) {
                sum += row[p] * b[bj + p * bRow];
            }
            c[ci + j] += sum;
        }
    }

    /** The epilogue over row i of C, which holds the product and starts at ci. */
    private static void finish(Epilogue e, int i, int n, float[] c, int ci) {
        for (int j = 0; j < n; j++) {
            float z = e.bias == null ? c[ci + j] : c[ci + j] + e.bias[e.biasOffset + j];
            if (e.preActivation != null) {
                e.preActivation[e.preActivationOffset + i * e.preActivationLd + j] = z;
            }
            float y = e.derivativeAt == null
                    ? ScalarActivation.forward(e.activation, z)
                    : ScalarActivation.backward(e.activation,
                            e.derivativeAt[e.derivativeAtOffset + i * e.derivativeAtLd + j], z);
            c[ci + j] = e.residual == null ? y : y + e.residual[e.residualOffset + i * e.residualLd + j];
        }
    }

    /** B as it was stored, without gaps. The order is kept since it is what decides the order of the sums. */
    private static final class CopiedB implements PackedB {
        private final int k;
        private final int n;
        private final float[] values;
        private boolean contiguousRows;

        private CopiedB(int k, int n) {
            this.k = k;
            this.n = n;
            values = new float[k * n];
        }

        private void copy(float[] b, int bOffset, int bRow, int bCol) {
            contiguousRows = bCol == 1;
            for (int p = 0; p < k; p++) {
                for (int j = 0; j < n; j++) {
                    values[p * row() + j * col()] = b[bOffset + p * bRow + j * bCol];
                }
            }
        }

        private float[] values() {
            return values;
        }

        private int row() {
            return contiguousRows ? n : 1;
        }

        private int col() {
            return contiguousRows ? 1 : k;
        }

        @Override
        public int k() {
            return k;
        }

        @Override
        public int n() {
            return n;
        }
    }
}
