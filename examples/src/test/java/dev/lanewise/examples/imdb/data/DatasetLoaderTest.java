package dev.lanewise.examples.imdb.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetLoaderTest {

    @TempDir
    private Path folder;

    @Test
    void archiveKeepsItsOfficialTestPart() throws IOException {
        Path archive = folder.resolve("downloaded.tar.gz");
        Files.write(archive, TestArchives.gzip(TestArchives.tar(TestArchives.files(20))));

        Dataset data = DatasetLoader.load(archive, LoadOptions.DEFAULT);

        assertEquals(36, data.train().size());
        assertEquals(4, data.validation().size());
        assertEquals(40, data.test().size());
        assertTrue(data.test().stream().allMatch(review -> review.id().startsWith("test/")));
        assertEquals(40, data.trainAndValidation().size());
    }

    @Test
    void kindIsToldByContentWhereTheNameSaysNothing() throws IOException {
        Path archive = folder.resolve("reviews.bin");
        Files.write(archive, TestArchives.gzip(TestArchives.tar(TestArchives.files(20))));
        Path csv = folder.resolve("reviews.dat");
        Files.writeString(csv, csv(50));

        assertEquals(40, DatasetLoader.load(archive, LoadOptions.DEFAULT).test().size());
        assertEquals(10, DatasetLoader.load(csv, LoadOptions.DEFAULT).test().size());
    }

    @Test
    void nameThatSpeaksOfTarElsewhereThanAtItsEndDoesNotMakeAnArchive() throws IOException {
        Path csv = Files.writeString(folder.resolve("my.target.csv"), csv(50));

        assertEquals(10, DatasetLoader.load(csv, LoadOptions.DEFAULT).test().size());
    }

    @ParameterizedTest
    @CsvSource({
        "xz, fd377a585a000004",
        "bzip2, 425a683931415926",
        "zstd, 28b52ffd04580000",
    })
    void otherCompressionIsNamed(String kind, String bytes) throws IOException {
        for (String name : List.of("aclImdb.tar.x", "reviews.csv.x", "aclImdb.tar")) {
            Path file = Files.write(folder.resolve(name), HexFormat.of().parseHex(bytes));

            DataException e = assertThrows(DataException.class, () -> DatasetLoader.load(file, LoadOptions.DEFAULT));
            assertEquals(file + ": is compressed with " + kind + ", which is not read here; unpack it or use gzip",
                    e.getMessage());
        }
    }

    @Test
    void gzipThatEndsInItsHeaderIsCutShort() throws IOException {
        Path file = Files.write(folder.resolve("reviews.csv.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0});

        DataException e = assertThrows(DataException.class, () -> DatasetLoader.load(file, LoadOptions.DEFAULT));
        assertEquals(file + ": damaged or cut short (it ends too early); fetch it again", e.getMessage());
    }

    @Test
    void otherFoldersCalledTrainDoNotEndTheSearch() throws IOException {
        Files.createDirectories(folder.resolve("train/images"));
        assertTrue(DatasetLoader.find(folder).isEmpty());

        Files.writeString(folder.resolve("IMDB Dataset.csv"), csv(50));
        assertEquals(10, DatasetLoader.load(folder, LoadOptions.DEFAULT).test().size());
    }

    @Test
    void folderIsSearchedForTheUsualNamesInOrder() throws IOException {
        Files.writeString(folder.resolve("IMDB Dataset.csv"), csv(50));
        assertEquals(10, DatasetLoader.load(folder, LoadOptions.DEFAULT).test().size());

        TestArchives.unpack(TestArchives.files(20), folder);
        assertEquals(40, DatasetLoader.load(folder, LoadOptions.DEFAULT).test().size());
        assertEquals(40, DatasetLoader.load(folder.resolve("aclImdb"), LoadOptions.DEFAULT).test().size());
    }

    @Test
    void emptyFolderAndMissingPathAreRefused() {
        DataException empty = assertThrows(DataException.class, () -> DatasetLoader.load(folder, LoadOptions.DEFAULT));
        assertTrue(empty.getMessage().contains("holds none of aclImdb, "), empty.getMessage());
        DataException missing = assertThrows(DataException.class,
                () -> DatasetLoader.load(folder.resolve("none"), LoadOptions.DEFAULT));
        assertTrue(missing.getMessage().contains("no such file or folder"), missing.getMessage());
    }

    @Test
    void lenientLoadReportsWhatItLeftOut() throws IOException {
        Path csv = folder.resolve("reviews.csv");
        Files.writeString(csv, csv(50) + "odd,perhaps\n");

        assertThrows(DataException.class, () -> DatasetLoader.load(csv, LoadOptions.DEFAULT));
        Dataset data = DatasetLoader.load(csv, LoadOptions.DEFAULT.withSkipBadRows(true));
        assertEquals("1 skipped: unknown label 1 (first: line 52)", data.counts().skipped());
        assertEquals(50, data.counts().read());
    }

    @Test
    void sharesOutsideTheirRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new LoadOptions(1, 0, 0.1, false));
        assertThrows(IllegalArgumentException.class, () -> new LoadOptions(1, 0.2, 1, false));
        assertThrows(IllegalArgumentException.class, () -> new LoadOptions(1, Double.NaN, 0.1, false));
    }

    @Test
    void locatorTakesThePlacesInTheirOrder() throws IOException {
        Path work = Files.createDirectories(folder.resolve("a/work"));
        Path home = folder.resolve("home");
        DataLocator locator = new DataLocator(name -> null, work, home);
        assertTrue(locator.locate().isEmpty());

        Path cached = put(locator.cacheFolder().resolve("aclImdb_v1.tar.gz"));
        assertEquals(cached, locator.locate().orElseThrow());
        Path shared = put(folder.resolve("a/shared/data/imdb/aclImdb.tar.gz"));
        assertEquals(shared, locator.locate().orElseThrow());
        Path nested = put(work.resolve("data/imdb/IMDB Dataset.csv.gz"));
        assertEquals(nested, locator.locate().orElseThrow());
        Path near = put(work.resolve("data/IMDB Dataset.csv"));
        assertEquals(near, locator.locate().orElseThrow());
        Path named = put(folder.resolve("mine.csv"));
        Map<String, String> environment = Map.of(DataLocator.VARIABLE, named.toString());
        assertEquals(named, new DataLocator(environment::get, work, home).locate().orElseThrow());
    }

    @Test
    void environmentVariableThatPointsNowhereIsAnErrorNotAFallback() {
        DataLocator locator = new DataLocator(name -> folder.resolve("none").toString(), folder, folder);

        DataException e = assertThrows(DataException.class, locator::locate);
        assertTrue(e.getMessage().startsWith("LANEWISE_IMDB="), e.getMessage());
    }

    private static Path put(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "x");
    }

    private static String csv(int rows) {
        StringBuilder text = new StringBuilder("review,sentiment\n");
        for (int i = 0; i < rows; i++) {
            text.append("film ").append(i).append(i % 2 == 0 ? ",positive\n" : ",negative\n");
        }
        return text.toString();
    }
}
