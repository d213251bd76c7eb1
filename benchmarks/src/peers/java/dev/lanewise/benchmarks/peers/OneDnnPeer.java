package dev.lanewise.benchmarks.peers;

import static dev.lanewise.benchmarks.peers.NativeLibrary.ADDRESS;
import static dev.lanewise.benchmarks.peers.NativeLibrary.BYTE;
import static dev.lanewise.benchmarks.peers.NativeLibrary.FLOAT;
import static dev.lanewise.benchmarks.peers.NativeLibrary.INT;
import static dev.lanewise.benchmarks.peers.NativeLibrary.LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** oneDNN through {@code dnnl_sgemm}, which takes row-major operands and obeys OpenMP's number of threads only. */
public final class OneDnnPeer extends ProductPeer {
    private static final String NAME = "ONEDNN";

    private static NativeLibrary openMp;
    private static NativeLibrary library;

    /** For the service loader. */
    public OneDnnPeer() {
        super(NAME);
    }

    @Override
    Call product(Workload.MatMul w) {
        return new Product(w);
    }

    @Override
    public String load(int threads) throws PeerException {
        synchronized (OneDnnPeer.class) {
            if (library == null) {
                NativeEnvironment.apply(threads);
                openMp = NativeLibrary.open(NAME, "dnnl", "libgomp.so.1");
                library = NativeLibrary.open(NAME, "dnnl", "libdnnl.so.3");
            }
        }
        openMp.set("omp_set_num_threads", threads);
        return version();
    }

    /** {@code dnnl_version} returns a pointer to three ints: major, minor, patch. */
    private static String version() {
        MethodHandle get = library.function("dnnl_version", FunctionDescriptor.of(ADDRESS));
        try {
            MemorySegment v = NativeLibrary.view((MemorySegment) get.invokeExact(), 3 * INT.byteSize());
            return "oneDNN " + v.getAtIndex(INT, 0) + "." + v.getAtIndex(INT, 1) + "." + v.getAtIndex(INT, 2);
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }

    /** Initialised with the first product, after the library. */
    private static final class Product implements Call {
        private static final MethodHandle GEMM = library.critical(
                "dnnl_sgemm",
                FunctionDescriptor
                        .of(INT, BYTE, BYTE, LONG, LONG, LONG, FLOAT, ADDRESS, LONG, ADDRESS, LONG, FLOAT, ADDRESS,
                                LONG));

        private final byte transposeA;
        private final byte transposeB;
        private final long m;
        private final long n;
        private final long k;
        private final long lda;
        private final long ldb;
        private final MemorySegment[] a;
        private final MemorySegment[] b;
        private final MemorySegment[] c;

        Product(Workload.MatMul w) {
            transposeA = (byte) (w.transposeA() ? 'T' : 'N');
            transposeB = (byte) (w.transposeB() ? 'T' : 'N');
            m = w.m();
            n = w.n();
            k = w.k();
            lda = w.lda();
            ldb = w.ldb();
            a = NativeLibrary.slices(w.a(), w.batch());
            b = NativeLibrary.slices(w.b(), w.batch());
            c = NativeLibrary.slices(w.c(), w.batch());
        }

        @Override
        public void run() {
            for (int i = 0; i < a.length; i++) {
                multiply(a[i], b[i], c[i]);
            }
        }

        private void multiply(MemorySegment x, MemorySegment y, MemorySegment z) {
            int status;
            try {
                status = (int) GEMM.invokeExact(transposeA, transposeB, m, n, k, 1f, x, lda, y, ldb, 0f, z, n);
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
            if (status != 0) {
                throw new IllegalStateException("dnnl_sgemm failed with status " + status);
            }
        }
    }
}
