package dev.lanewise.benchmarks.peers;

import static dev.lanewise.benchmarks.peers.NativeLibrary.ADDRESS;
import static dev.lanewise.benchmarks.peers.NativeLibrary.FLOAT;
import static dev.lanewise.benchmarks.peers.NativeLibrary.INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Intel's Math Kernel Library, with its own OpenMP threads. */
public final class MklPeer extends ProductPeer {
    private static final String NAME = "MKL";
    private static final int INTEL_THREADS = 0;

    private static NativeLibrary library;

    /** For the service loader. */
    public MklPeer() {
        super(NAME);
    }

    @Override
    Call product(Workload.MatMul w) {
        return new Product(w);
    }

    @Override
    public String load(int threads) throws PeerException {
        synchronized (MklPeer.class) {
            if (library == null) {
                NativeEnvironment.apply(threads);
                NativeLibrary opened = NativeLibrary.open(NAME, "mkl", "libiomp5.so", "libmkl_core.so.2",
                        "libmkl_rt.so.2");
                chooseThreads(opened);
                library = opened;
            }
        }
        library.set("MKL_Set_Num_Threads", threads);
        return version();
    }

    /** Its own threads: where GNU's OpenMP is loaded already, it would take that instead. */
    private static void chooseThreads(NativeLibrary opened) throws PeerException {
        MethodHandle choose = opened.function("MKL_Set_Threading_Layer", FunctionDescriptor.of(INT, INT));
        int chosen;
        try {
            chosen = (int) choose.invokeExact(INTEL_THREADS);
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
        if (chosen != INTEL_THREADS) {
            throw new PeerException(NAME, "it refuses its own threads and takes layer " + chosen);
        }
    }

    private static String version() {
        int length = 200;
        MethodHandle get = library.function(
                "MKL_Get_Version_String", FunctionDescriptor.ofVoid(ADDRESS, INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(length);
            get.invokeExact(text, length - 1);
            Matcher version = Pattern.compile("Version (\\d[\\d.]*)").matcher(text.getString(0));
            return version.find() ? "MKL " + version.group(1) : "MKL";
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }

    /** Initialised with the first product, after the library. */
    private static final class Product extends Cblas {
        /** The arguments of {@code cblas_sgemm} with a distance after each leading dimension, and a count. */
        private static final FunctionDescriptor BATCH = FunctionDescriptor.ofVoid(
                INT, INT, INT, INT, INT, INT, FLOAT, ADDRESS, INT, INT, ADDRESS, INT, INT, FLOAT, ADDRESS, INT, INT,
                INT);
        private static final MethodHandle GEMM = library.critical("cblas_sgemm", SGEMM);
        private static final MethodHandle GEMM_BATCH = library.critical("cblas_sgemm_batch_strided", BATCH);

        private final MemorySegment allA;
        private final MemorySegment allB;
        private final MemorySegment allC;

        Product(Workload.MatMul workload) {
            super(workload);
            allA = MemorySegment.ofArray(workload.a());
            allB = MemorySegment.ofArray(workload.b());
            allC = MemorySegment.ofArray(workload.c());
        }

        @Override
        public void run() {
            if (batch == 1) {
                multiply(allA, allB, allC);
                return;
            }
            try {
                GEMM_BATCH.invokeExact(
                        ROW_MAJOR, transposeA, transposeB, m, n, k, 1f, allA, lda, m * k, allB, ldb, k * n, 0f, allC, n,
                        m * n, batch);
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
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
