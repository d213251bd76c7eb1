package dev.lanewise.examples.imdb.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloaderTest {

    private static final Downloader.Progress QUIET = (done, total) -> {};

    @TempDir
    private Path folder;

    private final List<String> ranges = new ArrayList<>();
    private byte[] content;
    private boolean knowsRanges = true;
    private int sendOnly = Integer.MAX_VALUE;
    private int status = 200;
    private HttpServer server;
    private Path target;
    private Path part;

    @BeforeEach
    void startServer() throws IOException {
        content = new byte[300_000];
        new Random(3).nextBytes(content);
        target = folder.resolve("cache/archive.tar.gz");
        part = folder.resolve("cache/archive.tar.gz.part");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/archive", this::answer);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void wholeFileArrivesUnderItsNameWithProgressToTheEnd() throws IOException {
        List<Long> seen = new ArrayList<>();

        downloader().fetch(target, (done, total) -> {
            seen.add(done);
            assertEquals(content.length, total);
        });

        assertArrayEquals(content, Files.readAllBytes(target));
        assertFalse(Files.exists(part));
        assertEquals(content.length, seen.getLast());
        assertEquals(seen.stream().sorted().toList(), seen);
    }

    @Test
    void fileThatIsThereIsNotFetchedAgain() {
        downloader().fetch(target, QUIET);
        downloader().fetch(target, QUIET);

        assertEquals(1, ranges.size());
    }

    @Test
    void brokenDownloadIsTakenUpWhereItEnded() throws IOException {
        sendOnly = 100_000;
        DataException e = assertThrows(DataException.class, () -> downloader().fetch(target, QUIET));
        assertTrue(e.getMessage().contains("cannot be downloaded"), e.getMessage());
        assertFalse(Files.exists(target));
        long have = Files.size(part);
        assertTrue(have > 0 && have <= 100_000, "kept " + have);

        sendOnly = Integer.MAX_VALUE;
        downloader().fetch(target, QUIET);

        assertEquals("bytes=" + have + "-", ranges.getLast());
        assertArrayEquals(content, Files.readAllBytes(target));
    }

    @Test
    void serverWithoutRangesSendsAllAnew() throws IOException {
        Files.createDirectories(part.getParent());
        Files.write(part, Arrays.copyOf(content, 1234));
        knowsRanges = false;

        downloader().fetch(target, QUIET);

        assertArrayEquals(content, Files.readAllBytes(target));
    }

    @Test
    void completePartOfAnEarlierRunNeedsNoNetwork() throws IOException {
        Files.createDirectories(part.getParent());
        Files.write(part, content);

        downloader().fetch(target, QUIET);

        assertTrue(ranges.isEmpty());
        assertArrayEquals(content, Files.readAllBytes(target));
    }

    @Test
    void wrongChecksumIsRefusedAndNothingOfItIsKept() {
        Downloader downloader = downloader();
        content[1000] ^= 1;

        DataException e = assertThrows(DataException.class, () -> downloader.fetch(target, QUIET));

        assertTrue(e.getMessage().contains("not the published one"), e.getMessage());
        assertFalse(Files.exists(target));
        assertFalse(Files.exists(part));
    }

    @Test
    void longerFileThanPublishedIsRefused() {
        Downloader downloader = downloader();
        content = Arrays.copyOf(content, content.length + 1);

        DataException e = assertThrows(DataException.class, () -> downloader.fetch(target, QUIET));
        assertTrue(e.getMessage().contains("more than the published 300000 bytes"), e.getMessage());
        assertFalse(Files.exists(target));
    }

    @Test
    void errorOfTheServerIsNamed() {
        status = 404;

        DataException e = assertThrows(DataException.class, () -> downloader().fetch(target, QUIET));
        assertTrue(e.getMessage().endsWith("cannot be downloaded: the server answers 404"), e.getMessage());
        assertFalse(Files.exists(part));
    }

    @Test
    void machineWithoutServerIsToldAtOnceAndInOneLine() {
        URI address = uri();
        server.stop(0);
        long start = System.nanoTime();

        DataException e = assertThrows(DataException.class,
                () -> new Downloader(address, 10, "", 1_000).fetch(target, QUIET));

        assertTrue(e.getMessage().startsWith(address + ": cannot be downloaded: "), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
        assertTrue(System.nanoTime() - start < 8_000_000_000L, "took too long");
    }

    @Test
    void serverThatFallsSilentIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            URI address = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/archive");

            DataException e = assertThrows(DataException.class,
                    () -> new Downloader(address, 10, "", 200).fetch(target, QUIET));
            assertTrue(e.getMessage().contains("does not answer in time"), e.getMessage());
        }
    }

    @Test
    void foundFetchedOrMadeReviewsAreOpenedInThatOrder() throws IOException {
        content = TestArchives.gzip(TestArchives.tar(TestArchives.files(20)));
        DataLocator locator = new DataLocator(name -> null, folder.resolve("work"), folder.resolve("home"));
        List<String> notes = new ArrayList<>();
        status = 503;

        Dataset made = new DataSources(locator, downloader()).open(LoadOptions.DEFAULT, notes::add, QUIET);
        assertEquals("synthetic reviews", made.source());
        assertEquals(3, notes.size());
        assertTrue(notes.get(1).contains("the server answers 503"), notes.get(1));

        status = 200;
        Dataset fetched = new DataSources(locator, downloader()).open(LoadOptions.DEFAULT, notes::add, QUIET);
        assertEquals(40, fetched.test().size());

        Dataset found = new DataSources(locator, downloader()).open(LoadOptions.DEFAULT, notes::add, QUIET);
        assertEquals(fetched, found);
        assertEquals(2, ranges.size());
        assertEquals(4, notes.size());
    }

    private Downloader downloader() {
        try {
            String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            return new Downloader(uri(), content.length, sha256, 5_000);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/archive");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(String.valueOf(range));
        int from = range == null || !knowsRanges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        int count = Math.min(content.length - from, sendOnly);
        if (status != 200) {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        if (from > 0) {
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
        try {
            exchange.getResponseBody().write(content, from, count);
            exchange.getResponseBody().flush();
        } finally {
            exchange.close();
        }
    }
}
