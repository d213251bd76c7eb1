package dev.lanewise.machinecode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Has kernels compiled in a JVM of its own, at the vector width of this one, and disassembled by objdump. */
final class KernelCode {
    private static final String OBJDUMP = "objdump";

    private KernelCode() {}

    /** Why machine code can't be read here; empty where it can. */
    static Optional<String> obstacle() {
        if (!System.getProperty("os.arch").matches("amd64|x86_64")) {
            return Optional.of("this reads x86-64, and the machine is " + System.getProperty("os.arch"));
        }
        try {
            run(List.of(OBJDUMP, "--version"));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("objdump is not installed; it is part of the GNU binutils");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /**
     * Compiles and disassembles.
     *
     * @param kernels what to call
     * @return instructions by kernel; a kernel that the optimising compiler did not compile is not there
     */
    static Map<CheckedKernel, List<Instruction>> disassembled(List<CheckedKernel> kernels)
            throws IOException, InterruptedException {
        // Compilation in the foreground ends before the call returns, so the last call has run what stays.
        List<String> options = new ArrayList<>(
                List.of("-Xbatch", "-XX:+UnlockDiagnosticVMOptions", "-XX:CompileCommand=quiet"));
        kernels.forEach(kernel -> options.add("-XX:CompileCommand=print," + kernel.signature()));
        String output = java(options, KernelCalls.class, kernels.stream().map(CheckedKernel::signature).toList());
        Map<String, byte[]> code = CompiledCode.read(output);

        Map<CheckedKernel, List<Instruction>> instructions = new LinkedHashMap<>();
        for (CheckedKernel kernel : kernels) {
            byte[] bytes = code.get(kernel.signature());
            if (bytes != null) {
                instructions.put(kernel, Instruction.read(disassembly(bytes)));
            }
        }
        return instructions;
    }

    /** What a JVM of its own prints, at this one's vector width. */
    static String java(List<String> options, Class<?> main, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.matches("-XX:(MaxVectorSize|UseAVX)=.*")).forEach(command::add);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return run(command);
    }

    private static String disassembly(byte[] code) throws IOException, InterruptedException {
        Path file = Files.createTempFile("kernel", ".bin");
        try {
            Files.write(file, code);
            return run(
                    List.of(OBJDUMP, "-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "--no-show-raw-insn",
                            file.toString()));
        } finally {
            Files.delete(file);
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> "should have ended: " + String.join(" ", command));
            assertEquals(0, process.exitValue(), () -> String.join(" ", command));
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
