package dev.lanewise.benchmarks.peers;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * OpenBLAS, whose kernels are chosen for the processor when it is loaded. A batch is as many calls: its own {@code
 * cblas_sgemm_batch_strided} crashes with transposed operands in 0.3.31.
 */
public final class OpenBlasPeer extends ProductPeer {
    private static final String NAME = "OPENBLAS";

    private static NativeLibrary library;

    /** For the service loader. */
    public OpenBlasPeer() {
        super(NAME);
    }

    @Override
    Call product(Workload.MatMul w) {
        return new Product(w);
    }

    @Override
    public String load(int threads) throws PeerException {
        synchronized (OpenBlasPeer.class) {
            if (library == null) {
                NativeEnvironment.apply(threads);
                library = NativeLibrary.open(NAME, "openblas", "libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5",
                        "libopenblas.so.0");
            }
        }
        library.set("openblas_set_num_threads", threads);
        return version();
    }

    /** Such as {@code OpenBLAS 0.3.31 ... SkylakeX}: the kernels that were chosen. */
    private static String version() {
        MethodHandle config = library.function("openblas_get_config", FunctionDescriptor.of(NativeLibrary.ADDRESS));
        MethodHandle core = library.function("openblas_get_corename", FunctionDescriptor.of(NativeLibrary.ADDRESS));
        try {
            String release = text((MemorySegment) config.invokeExact());
            return release.replaceFirst("^(OpenBLAS \\S+).*", "$1") + " (" + text((MemorySegment) core.invokeExact())
                    + ")";
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }

    private static String text(MemorySegment address) {
        return NativeLibrary.view(address, Long.MAX_VALUE).getString(0);
    }

    /** Initialised with the first product, after the library. */
    private static final class Product extends Cblas {
        private static final MethodHandle GEMM = library.critical("cblas_sgemm", SGEMM);

        Product(Workload.MatMul workload) {
            super(workload);
        }

        @Override
        void multiply(MemorySegment x, MemorySegment y, MemorySegment z) {
            try {
                GEMM.invokeExact(ROW_MAJOR, transposeA, transposeB, m, n, k, 1f, x, lda, y, ldb, 0f, z, n);
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }
    }
}
