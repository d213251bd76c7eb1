package dev.lanewise.examples.imdb.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Fetches one file of known size and checksum over HTTP. The bytes go to a file named {@code NAME.part}; a later attempt
 * takes up where that one ends, and only a whole file with the right checksum gets the final name.
 */
public final class Downloader {

    /** Learns how far a download is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Called after each piece.
         *
         * @param done bytes on disk, those of earlier attempts included
         * @param total bytes of the whole file
         */
        void update(long done, long total);
    }

    /** Where Stanford publishes the data set. */
    public static final URI STANFORD = URI.create("https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz");

    private static final long STANFORD_BYTES = 84_125_825;
    private static final String STANFORD_SHA256 = "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe";

    /** Long enough for a slow link, short enough that a machine without one goes on at once. */
    private static final int CONNECT_MILLIS = 4_000;

    private static final int READ_MILLIS = 20_000;

    private final URI address;
    private final long bytes;
    private final String sha256;
    private final int readMillis;

    Downloader(URI address, long bytes, String sha256, int readMillis) {
        this.address = address;
        this.bytes = bytes;
        this.sha256 = sha256;
        this.readMillis = readMillis;
    }

    /**
     * A downloader of Stanford's archive, 84 MB.
     *
     * @return the downloader
     */
    public static Downloader ofStanford() {
        return new Downloader(STANFORD, STANFORD_BYTES, STANFORD_SHA256, READ_MILLIS);
    }

    /**
     * The address.
     *
     * @return where the file comes from
     */
    public URI address() {
        return address;
    }

    /**
     * Fetches the file, or does nothing where it is already there.
     *
     * @param target the final name; its folder is created
     * @param progress told after each piece
     * @return the target
     * @throws DataException if it cannot be fetched, in one line; what has arrived is kept for another attempt unless its
     *     checksum is wrong
     */
    public Path fetch(Path target, Progress progress) {
        if (Files.isRegularFile(target)) {
            return target;
        }
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
                    FileLock lock = lock(out, part)) {
                if (!lock.isValid()) {
                    throw new IOException("no lock on " + part);
                }
                if (out.size() > bytes) {
                    out.truncate(0);
                }
                if (out.size() < bytes) {
                    receive(out, progress);
                }
                String found = digest(out);
                if (!found.equals(sha256)) {
                    out.truncate(0);
                    throw new DataException(address + ": the file received is not the published one (sha256 " + found
                            + ", expected " + sha256 + "); fetch it by hand and name it with --data");
                }
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return target;
        } catch (IOException e) {
            throw new DataException(address + ": cannot be downloaded: " + reason(e), e);
        } finally {
            deleteIfEmpty(part);
        }
    }

    private static void deleteIfEmpty(Path part) {
        try {
            if (Files.exists(part) && Files.size(part) == 0) {
                Files.delete(part);
            }
        } catch (IOException e) {
            // An empty file left behind does no harm: the next attempt starts in it.
            return;
        }
    }

    private static FileLock lock(FileChannel out, Path part) throws IOException {
        FileLock lock;
        try {
            lock = out.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new DataException(part + ": another program is writing this download; wait for it");
        }
        return lock;
    }

    private void receive(FileChannel out, Progress progress) throws IOException {
        long have = out.size();
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(readMillis);
        connection.setRequestProperty("User-Agent", "lanewise-examples");
        if (have > 0) {
            connection.setRequestProperty("Range", "bytes=" + have + "-");
        }
        try {
            int status = connection.getResponseCode();
            boolean resumed = status == HttpURLConnection.HTTP_PARTIAL
                    && startsAt(connection.getHeaderField("Content-Range"), have);
            if (!resumed && status != HttpURLConnection.HTTP_OK) {
                if (have > 0) {
                    out.truncate(0);
                }
                throw new IOException("the server answers " + status);
            }
            if (!resumed) {
                out.truncate(0);
            }
            out.position(out.size());
            copy(connection.getInputStream(), out, progress);
        } finally {
            connection.disconnect();
        }
        if (out.size() < bytes) {
            throw new IOException("the connection broke after " + out.size() + " of " + bytes
                    + " bytes; another attempt takes up from there");
        }
    }

    private void copy(InputStream in, FileChannel out, Progress progress) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (in) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (out.position() + count > bytes) {
                    out.truncate(0);
                    throw new IOException("the server sends more than the published " + bytes + " bytes");
                }
                ByteBuffer piece = ByteBuffer.wrap(buffer, 0, count);
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
                progress.update(out.position(), bytes);
            }
        }
    }

    private static boolean startsAt(String contentRange, long position) {
        return contentRange != null && contentRange.startsWith("bytes " + position + "-");
    }

    private static String digest(FileChannel channel) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        channel.position(0);
        while (channel.read(buffer) >= 0) {
            digest.update(buffer.flip());
            buffer.clear();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String reason(IOException e) {
        if (e instanceof UnknownHostException) {
            return "the host name is not known here (no network?)";
        }
        if (e instanceof SocketTimeoutException) {
            return "the server does not answer in time";
        }
        if (e instanceof ConnectException) {
            return "no connection (" + e.getMessage() + ")";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().lines().findFirst().orElse("");
    }
}
