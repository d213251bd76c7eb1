package dev.lanewise.benchmarks.peers;

import static dev.lanewise.benchmarks.peers.NativeLibrary.ADDRESS;
import static dev.lanewise.benchmarks.peers.NativeLibrary.FLOAT;
import static dev.lanewise.benchmarks.peers.NativeLibrary.INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;

/**
 * The C interface of BLAS, which OpenBLAS and MKL share. A subclass makes the downcall: its method handle has to be a
 * constant of a class of its own, or each call would go through an interpreter of handles.
 */
abstract class Cblas implements Call {
    /** {@code cblas_sgemm}: layout, transposes, m n k, alpha, A lda, B ldb, beta, C ldc. */
    static final FunctionDescriptor SGEMM = FunctionDescriptor.ofVoid(INT, INT, INT, INT, INT, INT, FLOAT, ADDRESS, INT,
            ADDRESS, INT, FLOAT, ADDRESS, INT);
    static final int ROW_MAJOR = 101;
    private static final int NO_TRANSPOSE = 111;
    private static final int TRANSPOSE = 112;

    final int batch;
    final int transposeA;
    final int transposeB;
    final int m;
    final int n;
    final int k;
    final int lda;
    final int ldb;
    final MemorySegment[] a;
    final MemorySegment[] b;
    final MemorySegment[] c;

    Cblas(Workload.MatMul w) {
        batch = w.batch();
        transposeA = w.transposeA() ? TRANSPOSE : NO_TRANSPOSE;
        transposeB = w.transposeB() ? TRANSPOSE : NO_TRANSPOSE;
        m = w.m();
        n = w.n();
        k = w.k();
        lda = w.lda();
        ldb = w.ldb();
        a = NativeLibrary.slices(w.a(), batch);
        b = NativeLibrary.slices(w.b(), batch);
        c = NativeLibrary.slices(w.c(), batch);
    }

    @Override
    public void run() {
        for (int i = 0; i < batch; i++) {
            multiply(a[i], b[i], c[i]);
        }
    }

    /** One product of the batch. */
    abstract void multiply(MemorySegment x, MemorySegment y, MemorySegment z);
}
