package dev.lanewise.benchmarks.peers;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The environment variables that native libraries read once, when they are loaded. Torch's own setting does not limit the
 * OpenBLAS beneath it, and oneDNN has none: without these variables, "one thread" is all processors. Whatever the user's
 * shell sets for a core type, a block size or a waiting policy is removed, so that each library runs as its authors ship it.
 */
final class NativeEnvironment {
    private static final List<String> THREADS = List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS",
            "MKL_NUM_THREADS");
    private static final List<String> REMOVED = List.of(
            "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_BLOCK_FACTOR", "OPENBLAS_THREAD_TIMEOUT",
            "OMP_WAIT_POLICY",
            "OMP_PROC_BIND", "OMP_PLACES", "OMP_DYNAMIC", "OMP_THREAD_LIMIT", "GOMP_SPINCOUNT", "GOMP_CPU_AFFINITY",
            "KMP_BLOCKTIME", "KMP_AFFINITY", "KMP_LIBRARY", "MKL_DYNAMIC", "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR",
            "MKL_THREADING_LAYER", "MKL_INTERFACE_LAYER", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ONEDNN_VERBOSE",
            "DNNL_VERBOSE", "MKL_VERBOSE", "ATEN_CPU_CAPABILITY", "LD_PRELOAD");

    private static Map<String, String> chosen = Map.of();

    private NativeEnvironment() {}

    /** Has these variables set whenever others are, whatever they do. */
    static void choose(Map<String, String> variables) {
        chosen = Map.copyOf(variables);
    }

    /** Sets and removes variables in the environment of a process to be started. */
    static void prepare(Map<String, String> environment, int threads) {
        REMOVED.forEach(environment::remove);
        settings(threads).forEach(environment::put);
    }

    /** Does the same to this process, for libraries that are loaded from now on; without effect where libc has no setenv. */
    static void apply(int threads) {
        Optional<MethodHandle> set = NativeLibrary.libc(
                "setenv",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        Optional<MethodHandle> unset = NativeLibrary.libc("unsetenv",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        if (set.isEmpty() || unset.isEmpty()) {
            return;
        }
        MethodHandle setenv = set.get();
        MethodHandle unsetenv = unset.get();
        try (Arena arena = Arena.ofConfined()) {
            for (String name : REMOVED) {
                check((int) unsetenv.invokeExact(arena.allocateFrom(name)), name);
            }
            for (Map.Entry<String, String> each : settings(threads).entrySet()) {
                MemorySegment name = arena.allocateFrom(each.getKey());
                MemorySegment value = arena.allocateFrom(each.getValue());
                check((int) setenv.invokeExact(name, value, 1), each.getKey());
            }
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }

    private static Map<String, String> settings(int threads) {
        Map<String, String> settings = new TreeMap<>();
        THREADS.forEach(name -> settings.put(name, Integer.toString(threads)));
        settings.putAll(chosen);
        return settings;
    }

    private static void check(int result, String name) {
        if (result != 0) {
            throw new IllegalStateException("the environment variable " + name + " can't be set");
        }
    }
}
