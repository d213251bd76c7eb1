package dev.lanewise.examples.imdb.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StanfordReaderTest {

    @TempDir
    private Path folder;

    private Map<String, byte[]> files;

    @BeforeEach
    void makeFiles() {
        files = TestArchives.files(12);
    }

    @Test
    void labelledPartsAreReadAndTheRestIsPassedOver() {
        OfficialParts parts = read();

        assertEquals(24, parts.train().size());
        assertEquals(24, parts.test().size());
        assertEquals(12, parts.test().stream().filter(Review::positive).count());
        assertEquals("train/neg/0_1", parts.train().getFirst().id());
        assertEquals("A pos review, number 11 of the test part.", parts.test().getLast().text());
    }

    @Test
    void folderAndArchivesPlainAndPackedGiveTheSame() throws IOException {
        TestArchives.unpack(files, folder);
        Path tar = folder.resolve("aclImdb.tar");
        Files.write(tar, TestArchives.tar(files));

        OfficialParts expected = read();
        assertEquals(expected, new StanfordReader(false).read(folder.resolve("aclImdb")));
        assertEquals(expected, new StanfordReader(false).read(tar));
    }

    @Test
    void orderOfEntriesMakesNoDifference() {
        OfficialParts expected = read();
        List<String> names = new ArrayList<>(files.keySet());
        Collections.shuffle(names, new Random(5));
        Map<String, byte[]> shuffled = new LinkedHashMap<>();
        names.forEach(name -> shuffled.put(name, files.get(name)));
        files = shuffled;

        assertEquals(expected, read());
    }

    @Test
    void urlListsNameTheFilmWhereverTheyStandInTheArchive() {
        files.put("aclImdb/train/urls_pos.txt",
                TestArchives.utf8("http://www.imdb.com/title/tt0453418/usercomments\n"
                        + "http://www.imdb.com/title/tt0000007/usercomments\n"));

        List<Review> train = read().train();

        assertEquals("tt0453418", film(train, "train/pos/0_7"));
        assertEquals("tt0000007", film(train, "train/pos/1_8"));
        assertEquals("", film(train, "train/pos/2_9"));
        assertEquals("", film(train, "train/neg/0_1"));
    }

    @Test
    void archiveCutAnywhereIsRefusedInOneLine() throws IOException {
        byte[] packed = TestArchives.gzip(TestArchives.tar(files));
        for (int length = 1; length < packed.length; length += 1 + packed.length / 60) {
            assertRefused(Arrays.copyOf(packed, length));
        }
        assertRefused(Arrays.copyOf(packed, packed.length - 1));
    }

    @Test
    void unpackedArchiveCutAnywhereIsRefusedInOneLine() throws IOException {
        byte[] tar = TestArchives.tar(files);
        int content = tar.length;
        while (tar[content - 1] == 0) {
            content--;
        }
        int entries = (content + 511) / 512 * 512;
        for (int length = 1; length <= entries; length += 211) {
            assertRefused(Arrays.copyOf(tar, length));
        }
        assertRefused(Arrays.copyOf(tar, entries));
    }

    @Test
    void damagedByteInAPackedArchiveIsNoticed() throws IOException {
        byte[] packed = TestArchives.gzip(TestArchives.tar(files));
        packed[packed.length / 2] ^= 0x10;

        assertRefused(packed);
    }

    @Test
    void fileThatIsNoArchiveIsRefused() throws IOException {
        assertRefused(TestArchives.utf8("<html>moved</html>"));
        assertRefused(new byte[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"train/pos", "train/neg", "test/pos", "test/neg"})
    void missingPartIsRefusedByName(String part) {
        files.keySet().removeIf(name -> name.contains(part));
        Path unpacked = folder.resolve("unpacked");
        TestArchives.unpack(files, unpacked);

        DataException fromArchive = assertThrows(DataException.class, this::read);
        assertTrue(fromArchive.getMessage().contains("no reviews in " + part), fromArchive.getMessage());
        DataException fromFolder = assertThrows(DataException.class,
                () -> new StanfordReader(false).read(unpacked.resolve("aclImdb")));
        assertTrue(fromFolder.getMessage().contains(Path.of(part).toString()), fromFolder.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "train/pos/notes.txt, words, other than ID_RATING.txt, bad file name",
        "train/pos/12-9.txt, words, other than ID_RATING.txt, bad file name",
        "train/pos/x_9.txt, words, other than ID_RATING.txt, bad file name",
        "train/pos/99_.txt, words, other than ID_RATING.txt, bad file name",
        "train/pos/99_9.html, words, other than ID_RATING.txt, bad file name",
        "train/pos/99_4.txt, words, the rating 4 does not belong in pos, unknown label",
        "test/neg/99_7.txt, words, the rating 7 does not belong in neg, unknown label",
        "test/neg/99_0.txt, words, the rating 0 does not belong in neg, unknown label",
        "test/neg/99_2.txt, '', an empty file, empty review",
        "test/neg/3_2.txt, words, the number of 3_4.txt again, number twice",
    })
    void faultyFileIsRefusedByNameOrCountedWhenLenient(String name, String content, String expected, String reason) {
        files.put("aclImdb/" + name, TestArchives.utf8(content));

        DataException e = assertThrows(DataException.class, this::read);
        assertTrue(e.getMessage().contains(name) && e.getMessage().contains(expected), e.getMessage());
        StanfordReader lenient = new StanfordReader(true);
        OfficialParts parts = lenient.read(write(TestArchives.gzip(TestArchives.tar(files))));
        assertEquals(48, parts.train().size() + parts.test().size());
        assertEquals(Map.of(reason, 1), lenient.report().counts());
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        files.put("aclImdb/train/pos/99_9.txt", new byte[] {'c', 'a', 'f', (byte) 0xe9});

        DataException e = assertThrows(DataException.class, this::read);
        assertTrue(e.getMessage().contains("train/pos/99_9.txt: bytes that are not UTF-8"), e.getMessage());
    }

    @Test
    void hiddenFilesOfAnotherSystemArePassedOver() {
        files.put("aclImdb/train/pos/._5_8.txt", new byte[] {0, 5, 22, 7});

        assertEquals(24, read().train().size());
    }

    private void assertRefused(byte[] archive) {
        Path file = write(archive);
        DataException e = assertThrows(DataException.class, () -> new StanfordReader(true).read(file),
                () -> "accepted " + archive.length + " bytes");
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    private static String film(List<Review> reviews, String id) {
        return reviews.stream().filter(review -> review.id().equals(id)).findFirst().orElseThrow().film();
    }

    private OfficialParts read() {
        return new StanfordReader(false).read(write(TestArchives.gzip(TestArchives.tar(files))));
    }

    private Path write(byte[] bytes) {
        try {
            return Files.write(folder.resolve("aclImdb.tar.gz"), bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
