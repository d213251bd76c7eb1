package dev.lanewise.examples.imdb.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.examples.imdb.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NGramVocabularyTest {

    private static final Tokenizer TOKENIZER = new Tokenizer();

    @TempDir
    private Path folder;

    @Test
    void pairsAndTriplesAreCountedByTextNotByOccurrence() {
        List<String> texts = List.of("not good not good not good", "not bad", "so not bad", "not good at all");
        Vocabulary vocabulary = vocabulary(texts, 100);
        NGramVocabulary ngrams = ngrams(texts, vocabulary, 2);

        assertEquals(2, ngrams.bigramCount());
        assertEquals(Set.of("not good", "not bad"), Set.of(ngrams.bigram(1, vocabulary), ngrams.bigram(2, vocabulary)));
        assertEquals(0, ngrams.trigramCount());
    }

    @Test
    void ngramOfAPositionEndsThere() {
        List<String> texts = List.of("not good at all", "not good at all");
        Vocabulary vocabulary = vocabulary(texts, 100);
        NGramVocabulary ngrams = ngrams(texts, vocabulary, 2);
        int[] words = TextEncoder.encodeWhole("good not good at all not", TOKENIZER, vocabulary);

        int[] bigrams = ngrams.bigramIds(words);
        int[] trigrams = ngrams.trigramIds(words);

        assertEquals(0, bigrams[0]);
        assertEquals(0, bigrams[1]);
        assertEquals("not good", ngrams.bigram(bigrams[2], vocabulary));
        assertEquals("at all", ngrams.bigram(bigrams[4], vocabulary));
        assertEquals(0, bigrams[5]);
        assertArrayEquals(new boolean[] {false, false, false, true, true, false}, nonZero(trigrams));
        assertEquals("not good at", ngrams.trigram(trigrams[3], vocabulary));
    }

    @Test
    void unknownWordsFormNoNGrams() {
        List<String> texts = List.of("a b c", "a b d", "a b e");
        Vocabulary vocabulary = vocabulary(texts, 2);
        NGramVocabulary ngrams = ngrams(texts, vocabulary, 1);

        assertEquals(1, ngrams.bigramCount());
        assertEquals(0, ngrams.trigramCount());
        assertArrayEquals(new int[3], ngrams.bigramIds(new int[] {1, 1, 2}));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void dictionariesAgreeWithACountOfAllNGramsAsStrings(int minDocuments) {
        long seed = Long.getLong("test.seed", 17);
        List<String> texts = randomTexts(seed, 200);
        Vocabulary vocabulary = vocabulary(texts, 15);
        NGramVocabulary ngrams = ngrams(texts, vocabulary, minDocuments);

        for (int n = 2; n <= 3; n++) {
            Map<String, Integer> counts = new HashMap<>();
            for (String text : texts) {
                List<String> tokens = TOKENIZER.tokenize(text);
                Set<String> here = new HashSet<>();
                for (int i = 0; i + n <= tokens.size(); i++) {
                    List<String> gram = tokens.subList(i, i + n);
                    if (gram.stream().allMatch(word -> vocabulary.id(word) != Vocabulary.UNK)) {
                        here.add(String.join(" ", gram));
                    }
                }
                here.forEach(gram -> counts.merge(gram, 1, Integer::sum));
            }
            counts.values().removeIf(count -> count < minDocuments);
            int size = n == 2 ? ngrams.bigramCount() : ngrams.trigramCount();
            assertEquals(counts.size(), size, "seed " + seed);
            int previous = Integer.MAX_VALUE;
            Set<String> seen = new HashSet<>();
            for (int id = 1; id <= size; id++) {
                String gram = n == 2 ? ngrams.bigram(id, vocabulary) : ngrams.trigram(id, vocabulary);
                assertTrue(seen.add(gram), gram);
                assertTrue(counts.get(gram) <= previous, "most texts first");
                previous = counts.get(gram);
            }
        }
    }

    @Test
    void orderOfTheTextsMakesNoDifference() {
        List<String> texts = randomTexts(3, 100);
        Vocabulary vocabulary = vocabulary(texts, 20);

        assertEquals(ngrams(texts, vocabulary, 2), ngrams(texts.reversed(), vocabulary, 2));
    }

    @Test
    void savedDictionariesLoadAsTheyWere() throws IOException {
        List<String> texts = randomTexts(4, 100);
        Vocabulary vocabulary = vocabulary(texts, 20);
        NGramVocabulary ngrams = ngrams(texts, vocabulary, 2);
        Path file = folder.resolve("ngrams.txt");
        ngrams.save(file, vocabulary);

        assertEquals(ngrams, NGramVocabulary.load(file, vocabulary));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''|line 1: expected 'ngrams",
        "words 1 0 1|line 1: expected 'ngrams",
        "ngrams 1 0 x|line 1: expected 'ngrams",
        "ngrams 2 0 1;a b|has 2 lines where its header promises 3",
        "ngrams 1 0 1;a|line 2: expected 2 words",
        "ngrams 1 1 1;a b;a b|line 3: expected 3 words",
        "ngrams 1 0 1;a zebra|line 2: 'zebra' is not in the vocabulary",
        "ngrams 2 0 1;a b;a b|names an n-gram twice",
    })
    void faultyFileIsRefused(String lines, String expected) throws IOException {
        Path file = folder.resolve("ngrams.txt");
        Files.writeString(file, lines.replace(';', '\n'));
        Vocabulary vocabulary = vocabulary(List.of("a b c"), 9);

        DataException e = assertThrows(DataException.class, () -> NGramVocabulary.load(file, vocabulary));
        assertTrue(e.getMessage().startsWith(file.toString()) && e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void mapAgreesWithAHashMap() {
        long seed = Long.getLong("test.seed", 5);
        Random random = new Random(seed);
        LongIntMap map = new LongIntMap(0);
        Map<Long, Integer> expected = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            long key = (random.nextInt(5_000) + 1L) << (random.nextInt(4) * 12);
            map.increment(key);
            expected.merge(key, 1, Integer::sum);
        }
        assertEquals(expected.size(), map.size(), "seed " + seed);
        expected.forEach((key, value) -> assertEquals(value, map.get(key, -1), "seed " + seed));
        assertEquals(-1, map.get(123_456_789_012_345L, -1));
        assertEquals(expected.values().stream().filter(count -> count >= 4).count(), map.keysFrom(4).length);
        assertThrows(IllegalArgumentException.class, () -> map.put(0, 1));
    }

    private static boolean[] nonZero(int[] values) {
        boolean[] flags = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            flags[i] = values[i] != 0;
        }
        return flags;
    }

    private static Vocabulary vocabulary(List<String> texts, int words) {
        return Vocabulary.of(WordCounts.of(texts, TOKENIZER), words, 1);
    }

    private static NGramVocabulary ngrams(List<String> texts, Vocabulary vocabulary, int minDocuments) {
        List<int[]> words = new ArrayList<>();
        texts.forEach(text -> words.add(TextEncoder.encodeWhole(text, TOKENIZER, vocabulary)));
        return NGramVocabulary.of(words, vocabulary, minDocuments);
    }

    private static List<String> randomTexts(long seed, int count) {
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append("w").append(Math.min(random.nextInt(25), random.nextInt(25))).append(' ');
            }
            texts.add(text.toString());
        }
        return texts;
    }
}
