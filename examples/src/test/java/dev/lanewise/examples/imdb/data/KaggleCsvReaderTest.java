package dev.lanewise.examples.imdb.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KaggleCsvReaderTest {

    private static final String HEADER = "review,sentiment\n";

    @TempDir
    private Path folder;

    @Test
    void quotedTextsWithCommasQuotesAndLineEndsComeOutWhole() {
        List<Review> reviews = read(HEADER
                + "\"Good, really good. \"\"Great\"\" even.<br />See it.\",positive\n"
                + "\"Two\nlines\",negative\n"
                + "plain text,negative\n");

        assertEquals(List.of("Good, really good. \"Great\" even.<br />See it.", "Two\nlines", "plain text"),
                reviews.stream().map(Review::text).toList());
        assertEquals(List.of(1, 0, 0), reviews.stream().map(Review::label).toList());
        assertEquals(List.of("line 2", "line 3", "line 5"), reviews.stream().map(Review::id).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void lineEndsOfEitherKindAreNoPartOfTheLabel(String end) {
        List<Review> reviews = read(String.join(end, "review,sentiment", "\"a\",positive", "b,negative", "", ""));

        assertEquals(List.of("a", "b"), reviews.stream().map(Review::text).toList());
    }

    @Test
    void lastRowNeedsNoLineEnd() {
        assertEquals(2, read(HEADER + "a,positive\n\"b\",negative").size());
    }

    @Test
    void byteOrderMarkIsNoPartOfTheHeader() {
        assertEquals(1, read("\uFEFF" + HEADER + "a,positive\n").size());
        assertEquals(1, read("\uFEFF\"review\",\"sentiment\"\n" + "a,positive\n").size());
    }

    @Test
    void columnsAreFoundByNameInAnyOrder() {
        Review review = read("Sentiment,id, Review \npositive,7,fine\n").getFirst();

        assertEquals("fine", review.text());
        assertTrue(review.positive());
    }

    @Test
    void gzipIsToldByItsBytesNotByTheName() throws IOException {
        Path file = folder.resolve("reviews.csv");
        Files.write(file, TestArchives.gzip(TestArchives.utf8(HEADER + "fine,positive\n")));

        assertEquals("fine", new KaggleCsvReader(false).read(file).getFirst().text());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "`\"he said \"no\" twice\",positive`, quote inside a quoted field",
        "`Great film\",positive`, quote inside an unquoted field (before column 11)",
        "`\"never closed,positive`, never closed",
        "`fine,great`, unknown label 'great'",
        "`fine,`, unknown label ''",
        "`fine`, 1 columns where the header has 2",
        "`so, so,positive`, 3 columns where the header has 2",
        "`\"  \",positive`, review without text",
    })
    void faultyRowStopsTheStrictReaderWithFileAndLine(String row, String expected) {
        DataException e = assertThrows(DataException.class,
                () -> read(HEADER + "good,positive\n" + row + "\nnext,negative\nlast,positive\n"));

        assertTrue(e.getMessage().startsWith(folder.resolve("reviews.csv") + ", line 3: "), e.getMessage());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "`\"he said \"no\" twice\",positive`, stray quote",
        "`Great film\",positive`, stray quote",
        "`\"never closed,positive`, unclosed quote",
        "`\"never closed,\"Positive\" `, stray quote",
        "`fine,great`, unknown label",
        "`so, so,positive`, wrong number of columns",
        "`\"  \",positive`, empty review",
    })
    void lenientReaderLosesTheFaultyRowOnlyAndCountsIt(String row, String reason) {
        KaggleCsvReader reader = new KaggleCsvReader(true);
        List<Review> reviews = reader
                .read(write(HEADER + "good,positive\n" + row + "\n\"ne, xt\",negative\nlast,positive\n"));

        assertEquals(List.of("good", "ne, xt", "last"), reviews.stream().map(Review::text).toList());
        assertEquals(Map.of(reason, 1), reader.report().counts());
        assertEquals("1 skipped: " + reason + " 1 (first: line 3)", reader.report().summary());
    }

    @Test
    void strayQuoteNeverLeavesTheTailOfItsLineAsARow() {
        KaggleCsvReader reader = new KaggleCsvReader(true);
        List<Review> reviews = reader.read(write(HEADER + "\"bad \"x\" and, then\",positive\nok,negative\n"));

        assertEquals(List.of("ok"), reviews.stream().map(Review::text).toList());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "`\"A \"dull film, said my friend,|but I loved every minute of it\",positive`",
        "`\"A \"dull film|good,positive|and good again\",negative`",
        "`\"open|some,positive`",
        "`\"bad \u00e9|some,positive|and \"more\" of it\",negative`",
    })
    void brokenQuotesNeverLeaveALaterLineOfTheTextAsARow(String row) throws IOException {
        byte[] bytes = (HEADER + row.replace('|', '\n') + "\nok,negative\n").getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(folder.resolve("broken.csv"), bytes);

        assertEquals(List.of("ok"), new KaggleCsvReader(true).read(file).stream().map(Review::text).toList());
        assertThrows(DataException.class, () -> new KaggleCsvReader(false).read(file));
    }

    @Test
    void lineOfAQuotedTextMayEndLikeARow() {
        String content = HEADER + "\"My friends say it is bad,negative\nbut I loved it\",positive\nok,negative\n";
        List<String> texts = List.of("My friends say it is bad,negative\nbut I loved it", "ok");

        assertEquals(texts, read(content).stream().map(Review::text).toList());
        KaggleCsvReader lenient = new KaggleCsvReader(true);
        assertEquals(texts, lenient.read(write(content)).stream().map(Review::text).toList());
        assertEquals(0, lenient.report().skipped());
    }

    @Test
    void rowsWhoseLabelIsNotTheLastColumnAreTakenUpAtTheNextLine() {
        KaggleCsvReader reader = new KaggleCsvReader(true);
        List<Review> reviews = reader
                .read(write("sentiment,review\npositive,\"a \"dull\" film\"\nnegative,ok\npositive,fine\n"));

        assertEquals(List.of("ok", "fine"), reviews.stream().map(Review::text).toList());
    }

    @Test
    void rowOfSeveralLinesWithBadBytesIsOneFault() throws IOException {
        String content = HEADER + "\"caf\u00e9\nsome,positive\nand the end\",negative\nok,negative\n";
        Path file = Files.write(folder.resolve("latin.csv"), content.getBytes(StandardCharsets.ISO_8859_1));
        KaggleCsvReader lenient = new KaggleCsvReader(true);

        assertEquals(List.of("ok"), lenient.read(file).stream().map(Review::text).toList());
        assertEquals("1 skipped: bad UTF-8 1 (first: line 2)", lenient.report().summary());
    }

    @Test
    void unclosedQuoteDoesNotSwallowRowsThatAreQuotedThemselves() {
        StringBuilder text = new StringBuilder(HEADER + "\"open,positive\n");
        for (int i = 0; i < 100; i++) {
            text.append("\"row ").append(i).append("\",negative\n");
        }
        KaggleCsvReader reader = new KaggleCsvReader(true);

        assertEquals(100, reader.read(write(text.toString())).size());
        assertEquals(Map.of("unclosed quote", 1), reader.report().counts());
    }

    @Test
    void quoteThatIsOpenAtTheEndOfTheFileIsAFault() {
        DataException e = assertThrows(DataException.class, () -> read(HEADER + "fine,positive\n\"open\nand more\n"));

        assertTrue(e.getMessage().contains("line 3: a field opens with a quote that is never closed"), e.getMessage());
    }

    @Test
    void bytesThatAreNotUtf8AreAFaultOfTheirLine() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(TestArchives.utf8(HEADER + "caf\u00e9,positive\n"));
        bytes.writeBytes("caf\u00e9,negative\n".getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(TestArchives.utf8("tea,negative\n"));
        Path file = folder.resolve("latin.csv");
        Files.write(file, bytes.toByteArray());

        DataException e = assertThrows(DataException.class, () -> new KaggleCsvReader(false).read(file));
        assertTrue(e.getMessage().contains("line 3: bytes that are not UTF-8"), e.getMessage());
        KaggleCsvReader lenient = new KaggleCsvReader(true);
        assertEquals(List.of("caf\u00e9", "tea"), lenient.read(file).stream().map(Review::text).toList());
        assertEquals(Map.of("bad UTF-8", 1), lenient.report().counts());
    }

    @Test
    void emptyFileIsRefused() {
        assertMessage("is empty", "");
        assertMessage("is empty", "\n\r\n");
    }

    @Test
    void headerWithoutRowsIsRefused() {
        assertMessage("holds no usable review", HEADER);
    }

    @Test
    void missingColumnIsRefusedAndTheHeaderShown() {
        assertMessage("line 1: no column 'sentiment' in the header 'review,label'", "review,label\na,positive\n");
        assertMessage("line 1: no column 'review' in the header '<html>'", "<html>\n");
    }

    @Test
    void zipArchiveIsRefusedByName() {
        assertMessage("is a zip archive; unpack it", "PK\u0003\u0004 and so on");
    }

    @Test
    void missingFileAndFolderAreRefused() {
        KaggleCsvReader reader = new KaggleCsvReader(false);

        DataException missing = assertThrows(DataException.class, () -> reader.read(folder.resolve("none.csv")));
        assertTrue(missing.getMessage().contains("no such file"), missing.getMessage());
        DataException isFolder = assertThrows(DataException.class, () -> reader.read(folder));
        assertTrue(isFolder.getMessage().contains("is a folder"), isFolder.getMessage());
    }

    @Test
    void gzipCutAnywhereIsRefusedEvenByTheLenientReader() throws IOException {
        StringBuilder text = new StringBuilder(HEADER);
        for (int i = 0; i < 300; i++) {
            text.append("review number ").append(i * 7919 % 1000).append(",positive\n");
        }
        byte[] whole = TestArchives.gzip(TestArchives.utf8(text.toString()));
        Path file = folder.resolve("cut.csv.gz");
        for (int length = 1; length < whole.length; length += 1 + length / 20) {
            Files.write(file, Arrays.copyOf(whole, length));
            DataException e = assertThrows(DataException.class, () -> new KaggleCsvReader(true).read(file));
            assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
            assertFalse(e.getMessage().contains("\n"), e.getMessage());
        }
        byte[] flipped = whole.clone();
        flipped[whole.length - 6] ^= 1;
        Files.write(file, flipped);
        assertThrows(DataException.class, () -> new KaggleCsvReader(true).read(file));
    }

    @Test
    void fileOfOneEndlessLineIsRefusedBeforeItFillsTheMemory() {
        assertMessage("longer than", HEADER + "x".repeat(LineSource.MAX_LINE_BYTES + 1));
    }

    private void assertMessage(String expected, String content) {
        DataException e = assertThrows(DataException.class, () -> read(content));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertTrue(e.getMessage().startsWith(folder.resolve("reviews.csv").toString()), e.getMessage());
    }

    private List<Review> read(String content) {
        return new KaggleCsvReader(false).read(write(content));
    }

    private Path write(String content) {
        Path file = folder.resolve("reviews.csv");
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return file;
    }
}
