package dev.lanewise.benchmarks.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What a figure depends on besides the code.
 *
 * @param revision of the sources, or {@code unknown}
 * @param jdk version and vendor of the Java runtime, or {@code unknown}
 * @param flags options of the forked JVMs
 * @param cpu its model and the number of processors, or {@code unknown}
 * @param width vector width in bits
 * @param forks JVMs a benchmark and implementation
 */
record Environment(String revision, String jdk, List<String> flags, String cpu, int width, int forks) {
    /** Where nobody recorded it. */
    static final String UNKNOWN = "unknown";

    /** This machine and this runtime. */
    static Environment here(String revision, List<String> flags, int width, int forks) {
        String jdk = System.getProperty("java.vm.version") + " (" + System.getProperty("java.vendor") + ")";
        int processors = Runtime.getRuntime().availableProcessors();
        String cpu = cpuModel().orElse(System.getProperty("os.arch")) + ", " + processors + " processors";
        return new Environment(revision, jdk, flags, cpu, width, forks);
    }

    /** The given revision, else what the build server or git says. */
    static String revision(String given) {
        if (given != null) {
            return given;
        }
        String server = System.getenv("GITHUB_SHA");
        if (server != null && !server.isBlank()) {
            return server;
        }
        return output(List.of("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")).orElse(UNKNOWN);
    }

    /** The vector width of a JVM with the given options and this one's class path. */
    static int probeWidth(List<String> flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), WidthProbe.class.getName()));
        try {
            Process process = new ProcessBuilder(command).start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes()).strip();
            String problem = new String(process.getErrorStream().readAllBytes()).strip();
            if (process.waitFor() == 0 && printed.matches("[0-9]+")) {
                return Integer.parseInt(printed);
            }
            throw new GateException("this machine can't run the vector kernels: " + lastLine(problem));
        } catch (IOException e) {
            throw new GateException("a JVM can't be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GateException("interrupted", e);
        }
    }

    private static String lastLine(String text) {
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    private static Optional<String> cpuModel() {
        Path cpuInfo = Path.of("/proc/cpuinfo");
        if (Files.isReadable(cpuInfo)) {
            try {
                return Files.readAllLines(cpuInfo).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst();
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        if (System.getProperty("os.name").startsWith("Mac")) {
            return output(List.of("sysctl", "-n", "machdep.cpu.brand_string"));
        }
        return Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER"));
    }

    /** The one line that a short command prints; empty where it can't be run, fails or hangs. */
    private static Optional<String> output(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            String printed = new String(process.getInputStream().readAllBytes()).strip();
            return process.exitValue() == 0 && !printed.isEmpty() ? Optional.of(printed) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
