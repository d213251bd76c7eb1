package dev.lanewise.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
class CacheSizesTest {
    @Test
    void propertyIsThreeSizesWithOrWithoutUnits() {
        assertEquals(new CacheSizes(48 << 10, 2 << 20, 32 << 20), CacheSizes.parse("48K, 2m,32M"));
        assertEquals(new CacheSizes(32768, 262144, 4194304), CacheSizes.parse("32768,262144,4194304"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "48K", "48K,2M", "48K,2M,x", "48K,2M,32M,1", "2M,48K,32M", "1K,2M,32M", "-48K,2M,32M"})
    void anythingElseIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> CacheSizes.parse(text));
    }

    @Test
    void messageSaysWhatASizeLooksLike() {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class,
                () -> CacheSizes.parse("48K,2M,much"));
        assertTrue(error.getMessage().contains("much") && error.getMessage().contains("48K"), error.getMessage());
        assertTrue(error.getMessage().contains(CacheSizes.PROPERTY), error.getMessage());
    }

    @Test
    void systemTellsDataCachesAndInstructionsAreLeftOut(@TempDir Path folder) throws IOException {
        cache(folder, 0, "1", "Data", "48K");
        cache(folder, 1, "1", "Instruction", "64K");
        cache(folder, 2, "2", "Unified", "2048K");
        cache(folder, 3, "3", "Unified", "480M");
        assertEquals(new CacheSizes(48 << 10, 2 << 20, 480 << 20), CacheSizes.fromSystem(folder));
    }

    @Test
    void missingThirdLevelIsTakenAsTheSecond(@TempDir Path folder) throws IOException {
        cache(folder, 0, "1", "Data", "64K");
        cache(folder, 1, "2", "Unified", "4M");
        assertEquals(new CacheSizes(64 << 10, 4 << 20, 4 << 20), CacheSizes.fromSystem(folder));
    }

    @Test
    void systemThatTellsNothingYieldsTheDefaults(@TempDir Path folder) throws IOException {
        CacheSizes defaults = new CacheSizes(32 << 10, 256 << 10, 4 << 20);
        assertEquals(defaults, CacheSizes.fromSystem(folder));
        cache(folder, 0, "1", "Data", "unknown");
        assertEquals(defaults, CacheSizes.fromSystem(folder));
    }

    private static void cache(Path folder, int index, String level, String type, String size) throws IOException {
        Path cache = Files.createDirectories(folder.resolve("index" + index));
        Files.writeString(cache.resolve("level"), level + "\n");
        Files.writeString(cache.resolve("type"), type + "\n");
        Files.writeString(cache.resolve("size"), size + "\n");
    }
}
