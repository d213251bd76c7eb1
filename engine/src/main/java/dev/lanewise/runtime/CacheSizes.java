package dev.lanewise.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The data caches of one core, in bytes: what the blocks of the kernels are derived from.
 *
 * @param l1 first level, data
 * @param l2 second level
 * @param l3 third level, as far as one core may count on it
 */
public record CacheSizes(int l1, int l2, int l3) {
    /** The property that overrides what the system tells: three sizes, for example {@code 32K,1M,32M}. */
    public static final String PROPERTY = "lanewise.caches";

    /** Sizes that every server and laptop core of the last ten years has at least. */
    private static final CacheSizes DEFAULTS = new CacheSizes(32 << 10, 256 << 10, 4 << 20);

    private static final Path LINUX = Path.of("/sys/devices/system/cpu/cpu0/cache");

    /**
     * Checks that the levels are in order.
     *
     * @throws IllegalArgumentException if a level is below 4 KB or smaller than the one before it
     */
    public CacheSizes {
        if (l1 < 4 << 10 || l2 < l1 || l3 < l2) {
            throw new IllegalArgumentException(
                    "cache sizes must be at least 4 KB and grow from level to level, but are " + l1 + ", " + l2 + ", "
                            + l3
                            + " bytes");
        }
    }

    /**
     * The sizes of this machine: from the property, else from the system where it tells (Linux), else stated defaults of
     * 32 KB, 256 KB and 4 MB.
     *
     * @return the sizes
     * @throws IllegalArgumentException if the property is set and not three sizes
     */
    public static CacheSizes detect() {
        return fromProperty().orElseGet(() -> fromSystem(LINUX));
    }

    /**
     * The sizes that the property asks for.
     *
     * @return the sizes; empty if the property is not set
     * @throws IllegalArgumentException if the property is set and not three sizes
     */
    public static Optional<CacheSizes> fromProperty() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).map(CacheSizes::parse);
    }

    /**
     * Reads sizes as the property has them.
     *
     * @param text three sizes, separated by commas, each with K or M or neither
     * @return the sizes
     * @throws IllegalArgumentException if the text is anything else
     */
    public static CacheSizes parse(String text) {
        String[] sizes = text.split(",");
        if (sizes.length != 3) {
            throw new IllegalArgumentException(
                    PROPERTY + " must be three sizes like 32K,1M,32M, but is '" + text + "'");
        }
        try {
            return new CacheSizes(bytes(sizes[0]), bytes(sizes[1]), bytes(sizes[2]));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(PROPERTY + " is '" + text + "': " + e.getMessage(), e);
        }
    }

    static CacheSizes fromSystem(Path folder) {
        int l1 = 0;
        int l2 = 0;
        int l3 = 0;
        for (int index = 0; index < 8; index++) {
            Path cache = folder.resolve("index" + index);
            try {
                String level = read(cache, "level");
                String type = read(cache, "type");
                if (!type.equals("Instruction")) {
                    int size = bytes(read(cache, "size"));
                    switch (level) {
                        case "1" -> l1 = size;
                        case "2" -> l2 = size;
                        case "3" -> l3 = size;
                        default -> {}
                    }
                }
            } catch (IOException | IllegalArgumentException e) {
                break;
            }
        }
        if (l1 == 0 || l2 < l1) {
            return DEFAULTS;
        }
        return new CacheSizes(l1, l2, Math.max(l2, l3));
    }

    private static String read(Path cache, String file) throws IOException {
        return Files.readString(cache.resolve(file)).trim();
    }

    private static int bytes(String text) {
        String size = text.trim().toUpperCase(Locale.ROOT);
        int shift = size.endsWith("K") ? 10 : size.endsWith("M") ? 20 : 0;
        try {
            long value = Long.parseLong(shift == 0 ? size : size.substring(0, size.length() - 1)) << shift;
            return (int) Math.min(value, 1 << 30);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a size like 48K, 2M or 4096", e);
        }
    }
}
