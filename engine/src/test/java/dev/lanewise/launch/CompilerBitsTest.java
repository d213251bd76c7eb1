package dev.lanewise.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * That kernels give the same bits interpreted, compiled quickly, and compiled well: a training step must not depend on when
 * the compiler got to it. Each way is a JVM of its own, at the vector width of this one.
 */
@Timeout(300)
final class CompilerBitsTest {
    private static final String SCALAR = "dev.lanewise.scalar.ScalarKernels";
    private static final String VECTOR = "dev.lanewise.vector.VectorKernels";

    /** Enough calls for the optimising compiler to have compiled what matters. */
    private static final int MANY = 1500;

    @Test
    void kernelsGiveTheSameBitsFromEveryCompiler() throws IOException, InterruptedException {
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        String kernels = vectors ? VECTOR : SCALAR;
        List<String> interpreted = checksums(kernels, 1, "-Xint");
        assertTrue(interpreted.size() > 15, interpreted.toString());
        assertEquals(interpreted, checksums(kernels, 30, "-XX:TieredStopAtLevel=1"), "interpreter and first compiler");
        assertEquals(interpreted, checksums(kernels, MANY), "interpreter and optimising compiler");
    }

    private static List<String> checksums(String kernels, int rounds, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (kernels.equals(VECTOR)) {
            command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        }
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-XX:MaxVectorSize")).forEach(command::add);
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(KernelBits.class.getName(), kernels, String.valueOf(rounds)));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(200, TimeUnit.SECONDS), "the JVM should have ended");
            assertEquals(0, process.exitValue(), String.join(" ", command) + "\n" + output);
            return output.lines().filter(line -> !line.startsWith("WARNING")).toList();
        } finally {
            process.destroyForcibly();
        }
    }
}
