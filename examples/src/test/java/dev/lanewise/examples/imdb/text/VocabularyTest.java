package dev.lanewise.examples.imdb.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.examples.imdb.data.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocabularyTest {

    private static final WordCounts COUNTS = WordCounts.of(
            List.of("the film the film", "the plot", "a plot plot plot!", "the end<br />"), new Tokenizer());

    @TempDir
    private Path folder;

    @Test
    void countsOccurrencesAndTexts() {
        assertEquals(4, COUNTS.documents());
        assertEquals(14, COUNTS.tokens());
        assertEquals(7, COUNTS.distinct());
        assertEquals(new WordCounts.Count("the", 4, 3), COUNTS.byDocuments().getFirst());
        assertEquals(new WordCounts.Count("plot", 4, 2), COUNTS.byDocuments().get(1));
    }

    @Test
    void mostFrequentWordsLeaveOutMarksAndOnRequestStopWords() {
        assertEquals(List.of("plot", "the", "film"), words(COUNTS.mostFrequent(3, true)));
        assertEquals(List.of("plot", "film", "end"), words(COUNTS.mostFrequent(9, false)));
    }

    @Test
    void wordsInMostTextsComeFirstAndTiesAreBrokenByOccurrencesThenText() {
        Vocabulary vocabulary = Vocabulary.of(COUNTS, 100, 1);

        assertEquals(List.of("<PAD>", "<UNK>", "the", "plot", "film", "!", "<br>", "a", "end"), vocabulary.words());
        assertEquals(9, vocabulary.size());
        assertEquals(3, vocabulary.id("plot"));
        assertEquals("plot", vocabulary.word(3));
    }

    @Test
    void limitsCutTheRareWords() {
        assertEquals(List.of("<PAD>", "<UNK>", "the"), Vocabulary.of(COUNTS, 1, 1).words());
        assertEquals(List.of("<PAD>", "<UNK>", "the", "plot"), Vocabulary.of(COUNTS, 100, 2).words());
        assertEquals(2, Vocabulary.of(COUNTS, 0, 1).size());
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(COUNTS, -1, 1));
    }

    @Test
    void unknownWordsAndTheNamesOfTheSpecialTokensAreUnknown() {
        Vocabulary vocabulary = Vocabulary.of(COUNTS, 100, 1);

        assertEquals(Vocabulary.UNK, vocabulary.id("never-seen"));
        assertEquals(Vocabulary.UNK, vocabulary.id(Vocabulary.PAD_TOKEN));
        assertEquals(Vocabulary.UNK, vocabulary.id(Vocabulary.UNK_TOKEN));
    }

    @Test
    void savedVocabularyLoadsAsItWas() throws IOException {
        Path file = folder.resolve("vocabulary.txt");
        Vocabulary vocabulary = Vocabulary.of(WordCounts.of(List.of("caf\u00e9 8/10 don't \u4e00 !!"), new Tokenizer()),
                100, 1);
        vocabulary.save(file);

        assertEquals(vocabulary, Vocabulary.load(file));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "film|line 1: a vocabulary starts with",
        "<PAD>,<UNK>,film,film|line 4: the word 'film' stands here again",
        "<PAD>,<UNK>,a film|line 3: 'a film' is not one word",
        "<PAD>,<UNK>,,film|line 3: '' is not one word",
    })
    void faultyFileIsRefusedWithItsLine(String lines, String expected) throws IOException {
        Path file = folder.resolve("vocabulary.txt");
        Files.writeString(file, lines.replace(',', '\n') + "\n");

        DataException e = assertThrows(DataException.class, () -> Vocabulary.load(file));
        assertTrue(e.getMessage().startsWith(file + ", " + expected), e.getMessage());
    }

    @Test
    void missingFileAndBadBytesAreRefused() throws IOException {
        Path file = folder.resolve("vocabulary.txt");
        assertTrue(
                assertThrows(DataException.class, () -> Vocabulary.load(file)).getMessage().contains("no such file"));
        Files.write(file, "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(assertThrows(DataException.class, () -> Vocabulary.load(file)).getMessage().contains("not UTF-8"));
    }

    private static List<String> words(List<WordCounts.Count> counts) {
        return counts.stream().map(WordCounts.Count::word).toList();
    }
}
