package dev.lanewise.vector;

import dev.lanewise.kernels.Epilogue;
import dev.lanewise.kernels.MatMulKernels;
import dev.lanewise.kernels.PackedB;
import dev.lanewise.runtime.CacheSizes;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Processor;
import dev.lanewise.runtime.Workers;

/**
 * Matrix multiply. What is special about a size or a factor is decided here; vectors go to {@link MatrixVector} and
 * {@link OuterProduct}, everything else is a {@link Product}.
 */
final class VectorMatMul implements MatMulKernels {
    private final Blocking blocking = Blocking.of(
            CacheSizes.detect(), Processor.detect(), RegisterTile.MR, RegisterTile.NR);
    private final Pool<BlockedProduct> loops = new Pool<>(() -> new BlockedProduct(blocking));
    private final Pool<Product> products = new Pool<>(() -> new Product(loops));

    @Override
    public void multiply(
            Workers workers, int m, int n, int k, float alpha, float[] a, int aOffset, int aRow, int aCol, float[] b,
            int bOffset, int bRow, int bCol, float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
        // First and in a method that is merged into its callers: a call of so many parameters takes longer than a tiny product.
        if (epilogue == null && SmallProduct.fits(m, n, k, alpha, aCol, bCol, beta, blocking.onePass())) {
            SmallProduct.multiply(m, n, k, a, aOffset, aRow, b, bOffset, bRow, beta == 1f, c, cOffset, ldc);
        } else {
            multiplyAny(
                    workers, m, n, k, alpha, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, beta, c, cOffset, ldc,
                    epilogue);
        }
    }

    private void multiplyAny(
            Workers workers, int m, int n, int k, float alpha, float[] a, int aOffset, int aRow, int aCol, float[] b,
            int bOffset, int bRow, int bCol, float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0 || alpha == 0f) {
            scale(m, n, beta, c, cOffset, ldc);
        } else if (k == 1) {
            OuterProduct.multiply(
                    workers, m, n, alpha, a, aOffset, aRow, b, bOffset, bCol, beta, c, cOffset, ldc);
        } else if (n == 1) {
            timesVector(
                    workers, m, k, alpha, a, aOffset, aRow, aCol, b, bOffset, bRow, beta, c, cOffset, ldc);
        } else if (m == 1) {
            // The row of C is the transpose of B times the row of A.
            timesVector(
                    workers, n, k, alpha, b, bOffset, bCol, bRow, a, aOffset, aCol, beta, c, cOffset, 1);
        } else if (SmallProduct.fits(m, n, k, alpha, aCol, bCol, beta, blocking.onePass())) {
            SmallProduct.multiply(m, n, k, a, aOffset, aRow, b, bOffset, bRow, beta == 1f, c, cOffset, ldc);
        } else {
            Product product = products.acquire();
            product.size(m, n, k);
            product.a(alpha, a, aOffset, aRow, aCol, 0);
            product.b(b, bOffset, bRow, bCol, 0);
            product.c(beta, c, cOffset, ldc, 0);
            run(product, workers, 1, epilogue);
            return;
        }
        if (epilogue != null) {
            TileEpilogue.apply(epilogue, m, n, c, cOffset, ldc, 0, 0);
        }
    }

    /** {@code y = alpha * A x + beta * y}, whichever stride of A is 1. */
    private static void timesVector(
            Workers workers, int m, int k, float alpha, float[] a, int aOffset, int aRow, int aCol, float[] x,
            int xOffset, int incx, float beta, float[] y, int yOffset, int incy) {
        if (aCol == 1) {
            MatrixVector.rows(
                    workers, m, k, alpha, a, aOffset, aRow, x, xOffset, incx, beta, y, yOffset, incy);
        } else {
            MatrixVector.columns(
                    workers, k, m, alpha, x, xOffset, incx, a, aOffset, aCol, beta, y, yOffset, incy);
        }
    }

    @Override
    public void multiplyBatch(
            Workers workers, int batch, int m, int n, int k, float alpha, float[] a, int aOffset, int aRow, int aCol,
            int aBatch, float[] b, int bOffset, int bRow, int bCol, int bBatch, float beta, float[] c, int cOffset,
            int ldc, int cBatch) {
        if (Math.min(batch, Math.min(m, n)) == 0) {
            return;
        }
        if (k < 2 || m == 1 || n == 1 || alpha == 0f) {
            for (int i = 0; i < batch; i++) {
                multiply(
                        workers, m, n, k, alpha, a, aOffset + i * aBatch, aRow, aCol, b, bOffset + i * bBatch, bRow,
                        bCol, beta, c, cOffset + i * cBatch, ldc, null);
            }
            return;
        }
        Product product = products.acquire();
        product.size(m, n, k);
        product.a(alpha, a, aOffset, aRow, aCol, aBatch);
        product.b(b, bOffset, bRow, bCol, bBatch);
        product.c(beta, c, cOffset, ldc, cBatch);
        run(product, workers, batch, null);
    }

    @Override
    public PackedB pack(int k, int n, float[] b, int bOffset, int bRow, int bCol, PackedB reuse) {
        BlockedB packed = reuse == null ? new BlockedB(blocking, k, n) : (BlockedB) reuse;
        packed.fill(b, bOffset, bRow, bCol);
        return packed;
    }

    @Override
    public void multiplyPacked(
            Workers workers, int m, float alpha, float[] a, int aOffset, int aRow, int aCol, PackedB b, float beta,
            float[] c, int cOffset, int ldc, Epilogue epilogue) {
        if (m == 0 || b.n() == 0) {
            return;
        }
        if (b.k() == 0 || alpha == 0f) {
            scale(m, b.n(), beta, c, cOffset, ldc);
            if (epilogue != null) {
                TileEpilogue.apply(epilogue, m, b.n(), c, cOffset, ldc, 0, 0);
            }
            return;
        }
        Product product = products.acquire();
        product.size(m, b.n(), b.k());
        product.a(alpha, a, aOffset, aRow, aCol, 0);
        product.b((BlockedB) b);
        product.c(beta, c, cOffset, ldc, 0);
        run(product, workers, 1, epilogue);
    }

    private void run(Product product, Workers workers, int batch, Epilogue epilogue) {
        product.run(workers, batch, epilogue);
        product.clear();
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
}
