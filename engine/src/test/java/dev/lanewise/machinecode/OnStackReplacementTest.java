package dev.lanewise.machinecode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.Engine;
import dev.lanewise.Implementation;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * That code which enters a kernel in the middle of its loop, and boxes its vectors, is never what stays: in a JVM whose
 * first call is long it is followed by code of the whole kernel, and after a warm-up there is none.
 */
@Tag("once")
@Timeout(200)
final class OnStackReplacementTest {
    private static final Set<String> KERNELS = CheckedKernel.at(512, 32).stream().map(CheckedKernel::signature)
            .collect(Collectors.toSet());
    private static final Set<String> NARROW_KERNELS = CheckedKernel.at(256, 32).stream()
            .map(CheckedKernel::signature).collect(Collectors.toSet());

    @BeforeEach
    void vectorsRun() {
        try (Engine engine = Engine.serial()) {
            assumeTrue(engine.info().implementation() == Implementation.VECTOR, engine.info().reason());
        }
    }

    @Test
    void longFirstCallEndsWithKernelsThatWereCompiledAsAWhole() throws IOException, InterruptedException {
        List<Compilation> kernels = optimisedKernels(false, 40);

        Set<String> whole = methods(kernels, false);
        assertFalse(whole.isEmpty(), "no kernel was compiled as a whole: " + kernels);
        assertTrue(whole.containsAll(methods(kernels, true)), "entered in the loop only: " + kernels);
    }

    @Test
    void afterAWarmUpNoKernelIsEnteredInItsLoop() throws IOException, InterruptedException {
        List<Compilation> kernels = optimisedKernels(true, 5);

        assertFalse(methods(kernels, false).isEmpty(), "no kernel was compiled as a whole: " + kernels);
        assertEquals(Set.of(), methods(kernels, true));
    }

    @Test
    void linesOfTheJvmAreTold() {
        String output = """
                WARNING: Using incubator modules: jdk.incubator.vector
                     87   58       3       java.lang.String::hashCode (60 bytes)
                    331  630 %     4       app.Kernel::multiply @ 234 (1199 bytes)
                    587  629       4       app.Kernel::multiply (1199 bytes)
                    590  630 %     4       app.Kernel::multiply @ 234 (1199 bytes)   made not entrant: OSR invalidation
                    600  701   !   4       app.Other::run (35 bytes)
                """;

        assertEquals(
                List.of(
                        new Compilation("java.lang.String::hashCode", 3, false),
                        new Compilation("app.Kernel::multiply", 4, true),
                        new Compilation("app.Kernel::multiply", 4, false),
                        new Compilation("app.Other::run", 4, false)),
                Compilation.read(output));
    }

    /** Compilations of kernels by the optimising compiler, in the foreground so that the end does not cut one off. */
    private static List<Compilation> optimisedKernels(boolean warm, int calls)
            throws IOException, InterruptedException {
        String output = KernelCode.java(
                List.of("-Xbatch", "-XX:+PrintCompilation"), FirstProducts.class,
                List.of(String.valueOf(warm), String.valueOf(calls)));
        return Compilation.read(output).stream().filter(Compilation::isOptimised)
                .filter(one -> KERNELS.contains(one.method()) || NARROW_KERNELS.contains(one.method())).toList();
    }

    private static Set<String> methods(List<Compilation> compilations, boolean inLoop) {
        return compilations.stream().filter(one -> one.inLoop() == inLoop).map(Compilation::method)
                .collect(Collectors.toSet());
    }
}
