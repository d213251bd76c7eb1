package dev.lanewise.examples.imdb.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.examples.imdb.batch.EncodedReview;
import dev.lanewise.examples.imdb.batch.EncodedSet;
import dev.lanewise.examples.imdb.data.Review;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextEncoderTest {

    private static final Tokenizer TOKENIZER = new Tokenizer();
    private static final String LONG_TEXT = IntStream.range(0, 20).mapToObj(i -> "w" + (char) ('a' + i))
            .collect(Collectors.joining(" "));
    private static final Vocabulary VOCABULARY = Vocabulary.of(WordCounts.of(List.of(LONG_TEXT), TOKENIZER), 100, 1);

    @Test
    void shortTextIsEncodedWhole() {
        int[] ids = new TextEncoder(TOKENIZER, VOCABULARY, 8).encode("Wa wb zebra");

        assertArrayEquals(new int[] {VOCABULARY.id("wa"), VOCABULARY.id("wb"), Vocabulary.UNK}, ids);
    }

    @Test
    void longTextKeepsItsFirstQuarterAndItsEnd() {
        int[] ids = new TextEncoder(TOKENIZER, VOCABULARY, 8).encode(LONG_TEXT);

        assertEquals("wa wb wo wp wq wr ws wt",
                IntStream.of(ids).mapToObj(VOCABULARY::word).collect(Collectors.joining(" ")));
    }

    @Test
    void textOfExactlyTheLimitIsNotCut() {
        assertArrayEquals(TextEncoder.encodeWhole(LONG_TEXT, TOKENIZER, VOCABULARY),
                new TextEncoder(TOKENIZER, VOCABULARY, 20).encode(LONG_TEXT));
    }

    @Test
    void textWithoutTokensBecomesOneUnknownWord() {
        TextEncoder encoder = new TextEncoder(TOKENIZER, VOCABULARY, 8);

        assertArrayEquals(new int[] {Vocabulary.UNK}, encoder.encode(""));
        assertArrayEquals(new int[] {Vocabulary.UNK}, encoder.encode("..."));
    }

    @Test
    void ngramsAtTheCutAreThoseOfTheWholeText() {
        List<int[]> texts = List.of(TextEncoder.encodeWhole(LONG_TEXT, TOKENIZER, VOCABULARY));
        NGramVocabulary ngrams = NGramVocabulary.of(texts, VOCABULARY, 1);
        TextEncoder encoder = new TextEncoder(TOKENIZER, VOCABULARY, ngrams, 8);

        EncodedReview review = encoder.encode(new Review(LONG_TEXT, true, "x", ""));

        assertEquals("wo", VOCABULARY.word(review.words()[2]));
        assertEquals("wn wo", ngrams.bigram(review.bigrams()[2], VOCABULARY));
        assertEquals("wm wn wo", ngrams.trigram(review.trigrams()[2], VOCABULARY));
        assertEquals(0, review.bigrams()[0]);
        assertEquals(1, review.label());
    }

    @Test
    void setKeepsOrderLabelsAndCounts() {
        TextEncoder encoder = new TextEncoder(TOKENIZER, VOCABULARY, 8);

        EncodedSet set = encoder
                .encodeAll(List.of(new Review("wa wb", true, "1", ""), new Review("wc", false, "2", "")));

        assertEquals(2, set.size());
        assertEquals(3, set.tokens());
        assertEquals(1, set.positives());
        assertEquals(0, set.get(1).label());
        assertFalse(set.hasNGrams());
    }

    @Test
    void tooSmallALimitIsRefused() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new TextEncoder(TOKENIZER, VOCABULARY, 3))
                .getMessage().contains("got 3"));
    }
}
