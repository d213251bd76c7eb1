package dev.lanewise.examples.imdb.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Reads Stanford's {@code aclImdb}, as a folder or as a tar archive (plain or gzip-compressed): the
 * labelled parts {@code train|test/pos|neg/ID_RATING.txt} and, where present, the lists
 * {@code urls_pos.txt} and {@code urls_neg.txt}, whose line ID names the film. The unlabelled part and
 * all other files are passed over.
 *
 * <p>The order of files on disk or in the archive has no effect on the result: reviews come sorted by
 * part, label and number.
 */
public final class StanfordReader {

    /** Larger than any review (13,704 characters) and small enough to be held at once. */
    private static final int MAX_ENTRY_BYTES = 4 << 20;

    private final boolean skipBadFiles;
    private final ReadReport report = new ReadReport();

    /**
     * Creates a reader for one source.
     *
     * @param skipBadFiles whether files with a wrong name, label or text are left out and counted
     *     rather than refused; a damaged archive or a missing part is refused all the same
     */
    public StanfordReader(boolean skipBadFiles) {
        this.skipBadFiles = skipBadFiles;
    }

    /**
     * Reads both parts.
     *
     * @param source the folder {@code aclImdb} or the archive
     * @return the official training and test parts
     * @throws DataException if the source is damaged or incomplete or, when strict, holds a faulty
     *     file; the message names the file
     */
    public OfficialParts read(Path source) {
        StanfordCollector collector = new StanfordCollector(source, skipBadFiles, report);
        if (Files.isDirectory(source)) {
            readFolder(source, collector);
        } else {
            readArchive(source, collector);
        }
        return collector.finish();
    }

    /**
     * What was left out so far.
     *
     * @return the report, empty after a strict read
     */
    public ReadReport report() {
        return report;
    }

    private static void readFolder(Path folder, StanfordCollector collector) {
        try {
            for (String part : List.of("train", "test")) {
                for (String label : List.of("pos", "neg")) {
                    Path urls = folder.resolve(part).resolve("urls_" + label + ".txt");
                    if (Files.isRegularFile(urls)) {
                        collector.addUrls(part, label, Files.readAllBytes(urls));
                    }
                    Path reviews = folder.resolve(part).resolve(label);
                    if (!Files.isDirectory(reviews)) {
                        throw DataException.in(
                                reviews, "missing; unpack the whole of Stanford's archive");
                    }
                    try (Stream<Path> files = Files.list(reviews)) {
                        for (Path file : (Iterable<Path>) files::iterator) {
                            String name = file.getFileName().toString();
                            if (Files.isRegularFile(file) && !name.startsWith(".")) {
                                collector.addReview(part, label, name, Files.readAllBytes(file));
                            }
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw FileKinds.unreadable(folder, e);
        }
    }

    private static void readArchive(Path archive, StanfordCollector collector) {
        try (TailCheckingStream in = new TailCheckingStream(
                new BufferedInputStream(FileKinds.open(archive), 1 << 16));
                TarArchiveInputStream tar = new TarArchiveInputStream(in, "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    readEntry(archive, tar, entry, collector);
                }
            }
            in.drain();
            if (!in.endsInZeros()) {
                throw DataException.in(
                        archive, "cut short: its end-of-archive mark is missing; fetch it again");
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new DataException(
                    archive
                            + ": damaged or cut short after "
                            + collector.reviews()
                            + " reviews ("
                            + FileKinds.damage(e)
                            + "); fetch it again",
                    e);
        }
    }

    private static void readEntry(
            Path archive, InputStream tar, TarArchiveEntry entry, StanfordCollector collector)
            throws IOException {
        String[] path = entry.getName().split("/");
        int n = path.length;
        String name = path[n - 1];
        if (n >= 3 && isPart(path[n - 3]) && isLabel(path[n - 2]) && !name.startsWith(".")) {
            collector.addReview(path[n - 3], path[n - 2], name, bytes(archive, tar, entry));
        } else if (n >= 2 && isPart(path[n - 2])) {
            if (name.equals("urls_pos.txt") || name.equals("urls_neg.txt")) {
                collector.addUrls(path[n - 2], name.substring(5, 8), bytes(archive, tar, entry));
            }
        }
    }

    private static byte[] bytes(Path archive, InputStream tar, TarArchiveEntry entry)
            throws IOException {
        if (entry.getSize() > MAX_ENTRY_BYTES) {
            throw DataException.in(
                    archive,
                    "entry " + entry.getName() + " claims " + entry.getSize() + " bytes; not a review");
        }
        byte[] bytes = tar.readNBytes((int) entry.getSize());
        if (bytes.length < entry.getSize()) {
            throw new IOException("entry " + entry.getName() + " is incomplete");
        }
        return bytes;
    }

    private static boolean isPart(String name) {
        return name.equals("train") || name.equals("test");
    }

    private static boolean isLabel(String name) {
        return name.equals("pos") || name.equals("neg");
    }
}
