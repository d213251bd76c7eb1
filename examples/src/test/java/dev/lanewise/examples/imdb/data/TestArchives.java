package dev.lanewise.examples.imdb.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Small archives and folders in Stanford's layout. */
final class TestArchives {

    private TestArchives() {}

    /** A whole data set: {@code perPart} reviews in each of the four parts, in the order of their names. */
    static Map<String, byte[]> files(int perPart) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("aclImdb/README", utf8("about the data"));
        for (String part : new String[] {"train", "test"}) {
            for (String label : new String[] {"pos", "neg"}) {
                for (int i = 0; i < perPart; i++) {
                    int rating = label.equals("pos") ? 7 + i % 4 : 1 + i % 4;
                    files.put("aclImdb/" + part + "/" + label + "/" + i + "_" + rating + ".txt",
                            utf8("A " + label + " review, number " + i + " of the " + part + " part."));
                }
            }
        }
        files.put("aclImdb/train/unsup/0_0.txt", utf8("nobody labelled this"));
        return files;
    }

    static byte[] tar(Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static void unpack(Map<String, byte[]> files, Path folder) {
        files.forEach((name, content) -> {
            try {
                Files.createDirectories(folder.resolve(name).getParent());
                Files.write(folder.resolve(name), content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
