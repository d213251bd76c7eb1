package dev.lanewise.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
class ProcessorTest {
    private static final Processor UNKNOWN = new Processor(false, 2);

    @Test
    void familiesOfAmdUpTo25TakeTwoCyclesFor512Bits(@TempDir Path folder) throws IOException {
        assertEquals(new Processor(true, 1), read(folder, "vendor_id\t: AuthenticAMD", "cpu family\t: 25"));
        assertEquals(new Processor(true, 2), read(folder, "vendor_id\t: AuthenticAMD", "cpu family\t: 26"));
    }

    @Test
    void othersHaveTwoUnits(@TempDir Path folder) throws IOException {
        assertEquals(UNKNOWN, read(folder, "vendor_id\t: GenuineIntel", "cpu family\t: 6"));
        assertEquals(UNKNOWN, read(folder, "CPU implementer\t: 0x41"));
    }

    @Test
    void onlyTheFirstProcessorIsRead(@TempDir Path folder) throws IOException {
        assertEquals(
                UNKNOWN,
                read(folder, "vendor_id\t: GenuineIntel", "", "vendor_id\t: AuthenticAMD", "cpu family\t: 25"));
    }

    @Test
    void whatCannotBeReadIsUnknown(@TempDir Path folder) throws IOException {
        assertEquals(UNKNOWN, Processor.fromSystem(folder.resolve("none")));
        assertEquals(UNKNOWN, read(folder, "vendor_id\t: AuthenticAMD", "cpu family\t: many"));
        assertEquals(UNKNOWN, read(folder, "vendor_id\t: AuthenticAMD"));
        assertEquals(UNKNOWN, read(folder));
    }

    private static Processor read(Path folder, String... lines) throws IOException {
        return Processor.fromSystem(Files.write(folder.resolve("cpuinfo"), List.of(lines)));
    }
}
