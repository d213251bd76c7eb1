package dev.lanewise.examples.imdb.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.jar.Attributes;
import java.util.stream.Stream;

/**
 * Where and how a run was made. It bears on times, never on the other figures.
 *
 * @param finished when, as ISO instant
 * @param machine the processor's name
 * @param processors processors that the JVM may use
 * @param os operating system and architecture
 * @param jdk name and version of the virtual machine
 * @param implementation the engine's implementation, such as "vector" or "scalar"
 * @param vectorBits width of its vectors in bits; 0 for none
 * @param threads threads that the engine ran on
 * @param version the program's version
 * @param revision the sources' revision, "unknown" if the build did not record one
 */
public record Environment(
        String finished,
        String machine,
        int processors,
        String os,
        String jdk,
        String implementation,
        int vectorBits,
        int threads,
        String version,
        String revision) {

    private static final String UNKNOWN = "unknown";
    private static final String VERSION_KEY = "Implementation-Version";

    /**
     * Describes this machine and this program.
     *
     * @param finished when the run was over
     * @param implementation the engine's implementation
     * @param vectorBits width of its vectors in bits; 0 for none
     * @param threads threads that the engine ran on
     * @return the description
     */
    public static Environment of(Instant finished, String implementation, int vectorBits, int threads) {
        return new Environment(
                finished.toString(),
                processorName(Path.of("/proc/cpuinfo")),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                implementation,
                vectorBits,
                threads,
                manifest(VERSION_KEY),
                manifest("Implementation-Build"));
    }

    /**
     * The program's version as its jar states it.
     *
     * @return the version, or "unknown" when the classes do not come from a jar
     */
    public static String programVersion() {
        return manifest(VERSION_KEY);
    }

    static String processorName(Path cpuinfo) {
        try (Stream<String> lines = Files.lines(cpuinfo)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException | UncheckedIOException e) {
            String windows = System.getenv("PROCESSOR_IDENTIFIER");
            return windows == null ? UNKNOWN : windows;
        }
    }

    /** Reads the manifest of the jar that this class comes from; on a class path of folders there is none. */
    private static String manifest(String key) {
        URL self = Environment.class.getResource("Environment.class");
        if (self == null || !self.getProtocol().equals("jar")) {
            return UNKNOWN;
        }
        try {
            Attributes attributes = ((JarURLConnection) self.openConnection()).getMainAttributes();
            String value = attributes == null ? null : attributes.getValue(key);
            return value == null ? UNKNOWN : value;
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
