package dev.lanewise.examples.imdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

    @TempDir
    Path folder;

    @Test
    void missingFoldersAreCreated() throws IOException {
        Path file = folder.resolve("a").resolve("b").resolve("c.txt");
        AtomicFiles.write(file, out -> out.write('x'));
        assertEquals("x", Files.readString(file));
    }

    @Test
    void failureKeepsTheOldContentAndLeavesNoTemporaryFile() throws IOException {
        Path file = folder.resolve("c.txt");
        Files.writeString(file, "old");
        assertThrows(IOException.class, () -> AtomicFiles.write(file, out -> {
            out.write(new byte[100_000]);
            throw new IOException("disk full");
        }));
        assertEquals("old", Files.readString(file));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }
}
