package dev.lanewise.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a core can do beside what its caches hold: it decides which of them the operands of a product should come from.
 *
 * @param fastL3 whether the third level delivers 16 bytes a cycle and more to one core, as it does where a few cores share it
 * @param wideMultiplyAdds multiply-adds of 512 bits that a core starts in a cycle
 */
public record Processor(boolean fastL3, int wideMultiplyAdds) {
    /** A core of which nothing is known: two units, and an L3 that is not to be counted on. */
    private static final Processor UNKNOWN = new Processor(false, 2);

    private static final Path LINUX = Path.of("/proc/cpuinfo");

    /** AMD's families up to this one (Zen 4) take two cycles for what works on 512 bits. */
    private static final int LAST_HALF_WIDE_AMD = 25;

    /**
     * This machine's processor, where the system tells (Linux).
     *
     * @return the processor, or one with two units and a slow L3
     */
    public static Processor detect() {
        return fromSystem(LINUX);
    }

    static Processor fromSystem(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            // The first processor has its own lines ahead of all others.
            String[] first = lines.takeWhile(line -> !line.isBlank()).toArray(String[]::new);
            if (!value(first, "vendor_id").equals("AuthenticAMD")) {
                return UNKNOWN;
            }
            int family = Integer.parseInt(value(first, "cpu family"));
            return new Processor(true, family <= LAST_HALF_WIDE_AMD ? 1 : 2);
        } catch (IOException | RuntimeException e) {
            // No such file, or none that looks as expected: nothing is known.
            return UNKNOWN;
        }
    }

    private static String value(String[] lines, String key) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
                return line.substring(colon + 1).strip();
            }
        }
        return "";
    }
}
