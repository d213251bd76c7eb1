package dev.lanewise.examples.imdb.text;

import dev.lanewise.examples.imdb.AtomicFiles;
import dev.lanewise.examples.imdb.data.DataException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Lists of tokens as text files, one entry a line. */
final class TokenFiles {

    private TokenFiles() {}

    /** Writes a list; no half-written one is left. */
    static void write(Path file, Iterable<String> lines) throws IOException {
        AtomicFiles.write(file, out -> {
            for (String line : lines) {
                out.write(line.getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
        });
    }

    static List<String> read(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new DataException(file + ": no such file; it belongs to the saved model", e);
        } catch (CharacterCodingException e) {
            throw new DataException(file + ": not UTF-8 text; save the model again", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
