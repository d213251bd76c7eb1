package dev.lanewise.benchmarks.peers;

import dev.ludovic.netlib.blas.BLAS;
import java.lang.reflect.Method;

/**
 * netlib's {@code VectorBLAS}: BLAS in Java on the Vector API, one thread. It is column-major, and a row-major {@code C = A *
 * B} is a column-major {@code C' = B' * A'} over the same arrays.
 */
public final class NetlibPeer extends ProductPeer {
    private static final String NAME = "NETLIB";

    /** For the service loader. */
    public NetlibPeer() {
        super(NAME);
    }

    @Override
    Call product(Workload.MatMul w) throws PeerException {
        BLAS blas = vectorBlas();
        String transposeA = w.transposeA() ? "T" : "N";
        String transposeB = w.transposeB() ? "T" : "N";
        int n = w.n();
        int m = w.m();
        int k = w.k();
        return () -> {
            for (int i = 0; i < w.batch(); i++) {
                blas.sgemm(
                        transposeB, transposeA, n, m, k, 1f, w.b(), i * k * n, w.ldb(), w.a(), i * m * k, w.lda(),
                        0f,
                        w.c(), i * m * n, n);
            }
        };
    }

    @Override
    public String load(int threads) throws PeerException {
        if (threads > 1) {
            throw new PeerException(NAME, "it runs on one thread only");
        }
        return "netlib " + Versions.of(vectorBlas().getClass()) + " VectorBLAS";
    }

    /**
     * The public way to an instance would first look for a native BLAS on this system, log what it found, and fall back to
     * plain loops in silence where there are no vectors.
     */
    private static BLAS vectorBlas() throws PeerException {
        try {
            Method get = Class.forName("dev.ludovic.netlib.blas.VectorBLAS").getDeclaredMethod("getInstance");
            get.setAccessible(true);
            return (BLAS) get.invoke(null);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new PeerException(NAME, "its VectorBLAS can't be created: " + e);
        }
    }
}
