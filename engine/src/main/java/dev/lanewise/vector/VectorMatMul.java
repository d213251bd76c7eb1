package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.LANES;

import dev.lanewise.kernels.Epilogue;
import dev.lanewise.kernels.MatMulKernels;
import dev.lanewise.kernels.PackedB;
import dev.lanewise.runtime.CacheSizes;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * Matrix multiply: borrows a {@link BlockedProduct} and lets it run the five loops. What is special about a size or a factor
 * is decided here.
 */
final class VectorMatMul implements MatMulKernels {
    /** 512-bit machines have 32 vector registers, which the larger tile fills; 16 is what the others have for sure. */
    static final boolean LARGE_TILE = LANES == 16;

    /** Rows of the register tile. */
    static final int MR = LARGE_TILE ? MicroKernel14x2.MR : MicroKernel6x2.MR;

    /** Columns of the register tile. */
    static final int NR = 2 * LANES;

    /**
     * Multiplications below which one thread does the work: at 128 x 128 x 128 two handovers and the waiting cost more than
     * the half that a second thread would take (99 against 132 GFLOP/s), at 256 they don't (206 against 159).
     */
    private static final long WORTH_SHARING = 160L * 160 * 160;

    private final VectorActivation activation = new VectorActivation();
    private final Pool<BlockedProduct> products;

    VectorMatMul() {
        Blocking blocking = Blocking.of(CacheSizes.detect(), MR, NR);
        products = new Pool<>(() -> new BlockedProduct(blocking));
    }

    @Override
    public void multiply(
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
            Epilogue epilogue) {
        product(workers, m, n, k, alpha, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, beta, c, cOffset, ldc);
        if (epilogue != null) {
            for (int i = 0; i < m; i++) {
                finish(epilogue, i, n, c, cOffset + i * ldc);
            }
        }
    }

    private void finish(Epilogue e, int i, int n, float[] c, int ci) {
        for (int j = 0; j < n && e.bias != null; j++) {
            c[ci + j] += e.bias[e.biasOffset + j];
        }
        if (e.preActivation != null) {
            System.arraycopy(c, ci, e.preActivation, e.preActivationOffset + i * e.preActivationLd, n);
        }
        switch (e.activation) {
            case NONE -> {
            }
            case RELU -> activation.relu(n, c, ci, c, ci);
            case GELU -> activation.gelu(n, c, ci, c, ci);
        }
        for (int j = 0; j < n && e.residual != null; j++) {
            c[ci + j] += e.residual[e.residualOffset + i * e.residualLd + j];
        }
    }

    @Override
    public void multiplyBatch(
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
            int cBatch) {
        workers.run(
                batch,
                i -> product(
                        Workers.serial(), m, n, k, alpha, a, aOffset + i * aBatch, aRow, aCol, b, bOffset + i * bBatch,
                        bRow, bCol, beta, c, cOffset + i * cBatch, ldc));
    }

    /** Row after row, without gaps. */
    private record RowMajor(int k, int n, float[] values) implements PackedB {}

    @Override
    public PackedB pack(int k, int n, float[] b, int bOffset, int bRow, int bCol, PackedB reuse) {
        RowMajor packed = reuse == null ? new RowMajor(k, n, new float[k * n]) : (RowMajor) reuse;
        for (int p = 0; p < k; p++) {
            for (int j = 0; j < n; j++) {
                packed.values[p * n + j] = b[bOffset + p * bRow + j * bCol];
            }
        }
        return packed;
    }

    @Override
    public void multiplyPacked(
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
            Epilogue epilogue) {
        multiply(
                workers, m, b.n(), b.k(), alpha, a, aOffset, aRow, aCol, ((RowMajor) b).values, 0, b.n(), 1, beta, c,
                cOffset, ldc, epilogue);
    }

    private void product(
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
            int ldc) {
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0 || alpha == 0f) {
            scale(m, n, beta, c, cOffset, ldc);
            return;
        }
        BlockedProduct product = products.acquire();
        product.a(alpha, a, aOffset, aRow, aCol);
        product.b(b, bOffset, bRow, bCol);
        product.c(beta, c, cOffset, ldc);
        boolean small = (long) m * n * k < WORTH_SHARING;
        product.multiply(small ? Workers.serial() : workers, m, n, k);
        products.release(product);
    }

    /** {@code C = beta * C}; a beta of 0 clears C without reading it. */
    static void scale(int rows, int cols, float beta, float[] c, int offset, int ldc) {
        for (int i = 0; i < rows; i++) {
            int row = offset + i * ldc;
            for (int j = row; j < row + cols; j++) {
                c[j] = beta == 0f ? 0f : beta * c[j];
            }
        }
    }

    /** One whole tile, by the kernel that fits the registers. */
    static void tile(
            int kc, float[] a, int aOffset, float[] b, int bOffset, boolean accumulate, float[] c, int cOffset,
            int ldc) {
        if (LARGE_TILE) {
            if (accumulate) {
                MicroKernel14x2.multiplyAdd(kc, a, aOffset, b, bOffset, c, cOffset, ldc);
            } else {
                MicroKernel14x2.multiply(kc, a, aOffset, b, bOffset, c, cOffset, ldc);
            }
        } else if (accumulate) {
            MicroKernel6x2.multiplyAdd(kc, a, aOffset, b, bOffset, c, cOffset, ldc);
        } else {
            MicroKernel6x2.multiply(kc, a, aOffset, b, bOffset, c, cOffset, ldc);
        }
    }
}
