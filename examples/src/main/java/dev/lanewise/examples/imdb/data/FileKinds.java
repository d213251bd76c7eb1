package dev.lanewise.examples.imdb.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Tells files apart by their first bytes and opens them, unpacking gzip on the way. */
final class FileKinds {

    /** Offset of the magic {@code ustar} in a tar header (POSIX.1-1988). */
    private static final int TAR_MAGIC_OFFSET = 257;

    private static final int BZIP2 = 0x425a68;
    private static final int XZ = 0xfd377a58;
    private static final int ZSTD = 0x28b52ffd;

    private FileKinds() {}

    /**
     * Opens a plain or gzip-compressed file.
     *
     * @throws DataException for an empty file, a zip archive, another compression or a file that cannot be opened
     */
    static InputStream open(Path file) {
        byte[] head = head(file);
        if (head.length == 0) {
            throw DataException.in(file, "is empty; fetch it again");
        }
        if (head.length >= 2 && head[0] == 'P' && head[1] == 'K') {
            throw DataException.in(file, "is a zip archive; unpack it and name the file inside");
        }
        String compression = otherCompression(head);
        if (compression != null) {
            throw DataException.in(
                    file, "is compressed with " + compression + ", which is not read here; unpack it or use gzip");
        }
        try {
            InputStream raw = Files.newInputStream(file);
            if (!isGzip(head)) {
                return raw;
            }
            try {
                return new GZIPInputStream(raw, 1 << 16);
            } catch (IOException e) {
                raw.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Whether the file, unpacked from gzip if need be, starts like a tar archive. */
    static boolean isTar(Path file) {
        byte[] start = new byte[TAR_MAGIC_OFFSET + 5];
        try (InputStream in = open(file)) {
            if (in.readNBytes(start, 0, start.length) < start.length) {
                return false;
            }
        } catch (EOFException | ZipException e) {
            return false;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return start[TAR_MAGIC_OFFSET] == 'u'
                && start[TAR_MAGIC_OFFSET + 1] == 's'
                && start[TAR_MAGIC_OFFSET + 2] == 't'
                && start[TAR_MAGIC_OFFSET + 3] == 'a'
                && start[TAR_MAGIC_OFFSET + 4] == 'r';
    }

    /** One line about a file that cannot be read. */
    static DataException unreadable(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new DataException(file + ": no such file; check the path", e);
        }
        if (e instanceof AccessDeniedException) {
            return new DataException(file + ": permission denied", e);
        }
        if (e instanceof EOFException || e instanceof ZipException) {
            return new DataException(
                    file + ": damaged or cut short (" + damage(e) + "); fetch it again", e);
        }
        return new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }

    /** What is wrong with a compressed stream; one that ends within its header or its checksum says nothing. */
    static String damage(Exception e) {
        return e.getMessage() == null ? "it ends too early" : e.getMessage();
    }

    /** The compression that the first bytes tell of, or null for none and for gzip. */
    private static String otherCompression(byte[] head) {
        int magic = head.length < 4 ? 0 : ByteBuffer.wrap(head).getInt();
        if (magic >>> 8 == BZIP2 && head[3] >= '1' && head[3] <= '9') {
            return "bzip2";
        }
        return magic == XZ ? "xz" : magic == ZSTD ? "zstd" : null;
    }

    private static boolean isGzip(byte[] head) {
        return head.length >= 2 && head[0] == (byte) 0x1f && head[1] == (byte) 0x8b;
    }

    private static byte[] head(Path file) {
        if (Files.isDirectory(file)) {
            throw DataException.in(file, "is a folder; name a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(4);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }
}
