package dev.lanewise;

import dev.lanewise.kernels.KernelSet;
import dev.lanewise.runtime.CacheSizes;
import dev.lanewise.runtime.VmOption;
import java.util.Optional;

/** Asks this JVM whether vector kernels would run, and run fast, before a class of the Vector API is touched. */
final class VectorSupport {
    private static final String MODULE = "jdk.incubator.vector";
    private static final String KERNELS = "dev.lanewise.vector.VectorKernels";

    private VectorSupport() {}

    /** Why vector kernels can't be used, with what to type; empty where they can. */
    static Optional<String> obstacle() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return Optional.of("the module " + MODULE + " is not loaded: add --add-modules " + MODULE
                    + " to the java command");
        }
        Module own = VectorSupport.class.getModule();
        Module vector = ModuleLayer.boot().findModule(MODULE).orElseThrow();
        if (!own.canRead(vector)) {
            return Optional
                    .of("the module " + own.getName() + " does not read " + MODULE + ": add --add-modules " + MODULE
                            + " to the java command");
        }
        String compiler = System.getProperty("java.vm.info", "");
        if (compiler.contains("interpreted") || compiler.contains("emulated-client")) {
            return Optional.of("this JVM runs without its optimising compiler (" + compiler
                    + "), where vector code is hundreds of times slower: remove -Xint, TieredStopAtLevel or the like");
        }
        Optional<String> noFma = missingFma();
        if (noFma.isPresent()) {
            return noFma;
        }
        int bits = kernels().vectorBits();
        if (bits < 128) {
            return Optional.of("this machine offers vectors of " + bits + " bits, and 128 are needed");
        }
        return Optional.empty();
    }

    /** Without fused multiply-add in hardware, {@code fma} is BigDecimal arithmetic. The JVM says so in an option. */
    private static Optional<String> missingFma() {
        // Where nobody can tell, every other check has passed, so vectors are tried.
        return VmOption.value("UseFMA").filter("false"::equals)
                .map(off -> "this machine has no fused multiply-add, or -XX:-UseFMA switches it off");
    }

    /** The vector kernels, found by name so that this class loads where the Vector API is missing. */
    static KernelSet kernels() {
        // The kernels read it while their classes are initialised, where a mistake would come out as an error, and the second
        // time as one that does not say why.
        CacheSizes.fromProperty();
        try {
            return (KernelSet) Class.forName(KERNELS).getField("INSTANCE").get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the engine's own class " + KERNELS + " can't be loaded", e);
        }
    }
}
