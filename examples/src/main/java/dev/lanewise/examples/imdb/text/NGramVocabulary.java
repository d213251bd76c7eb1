package dev.lanewise.examples.imdb.text;

import dev.lanewise.examples.imdb.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Exact dictionaries of the word pairs (bigrams) and word triples (trigrams) that stand in at least a
 * given number of training texts, each kind numbered from 1; 0 means "none". The n-gram of a position
 * is the one that ends there. N-grams with an unknown word are not counted. Immutable.
 *
 * <p>Numbering: most texts first, ties by the numbers of the words. A trigram is counted only if both
 * its pairs are in the dictionary; since a triple stands in no more texts than either of its pairs,
 * that loses none, and it keeps the table of candidates small.
 */
public final class NGramVocabulary {

    private static final String HEADER = "ngrams";

    /** A word takes 21 bits of a packed key, so that three of them fit into a long. */
    private static final int WORD_BITS = 21;

    private static final int MAX_WORDS = 1 << WORD_BITS;

    private final int vocabularySize;
    private final int minDocuments;
    private final long[] bigramKeys;
    private final long[] trigramKeys;
    private final LongIntMap bigrams;
    private final LongIntMap trigrams;

    private NGramVocabulary(
            int vocabularySize, int minDocuments, long[] bigramKeys, long[] trigramKeys) {
        this.vocabularySize = vocabularySize;
        this.minDocuments = minDocuments;
        this.bigramKeys = bigramKeys;
        this.trigramKeys = trigramKeys;
        this.bigrams = numbered(bigramKeys);
        this.trigrams = numbered(trigramKeys);
    }

    /**
     * Counts and numbers the n-grams of the training part.
     *
     * @param texts the whole training texts as word numbers; not modified
     * @param vocabulary what the numbers mean
     * @param minDocuments n-grams in fewer texts are left out; at least 1
     * @return the dictionaries
     * @throws IllegalArgumentException for {@code minDocuments < 1} or 2,097,152 words or more
     */
    public static NGramVocabulary of(
            List<int[]> texts, Vocabulary vocabulary, int minDocuments) {
        if (minDocuments < 1) {
            throw new IllegalArgumentException("minDocuments must be 1 or more, got " + minDocuments);
        }
        if (vocabulary.size() >= MAX_WORDS) {
            throw new IllegalArgumentException(
                    "n-grams need fewer than " + MAX_WORDS + " words, got " + vocabulary.size());
        }
        LongIntMap pairs = new LongIntMap(1 << 16);
        long[] seen = new long[0];
        for (int[] text : texts) {
            seen = room(seen, text.length);
            int n = 0;
            for (int i = 1; i < text.length; i++) {
                long key = bigramKey(text, i);
                if (key != 0) {
                    seen[n++] = key;
                }
            }
            countOnce(pairs, seen, n);
        }
        long[] bigramKeys = ranked(pairs, minDocuments);
        LongIntMap kept = numbered(bigramKeys);
        LongIntMap triples = new LongIntMap(1 << 16);
        for (int[] text : texts) {
            seen = room(seen, text.length);
            int n = 0;
            for (int i = 2; i < text.length; i++) {
                long key = trigramKey(text, i);
                if (key != 0
                        && kept.get(bigramKey(text, i - 1), 0) != 0
                        && kept.get(bigramKey(text, i), 0) != 0) {
                    seen[n++] = key;
                }
            }
            countOnce(triples, seen, n);
        }
        return new NGramVocabulary(
                vocabulary.size(), minDocuments, bigramKeys, ranked(triples, minDocuments));
    }

    /**
     * The number of bigrams; they are numbered 1 to this.
     *
     * @return the number of bigrams
     */
    public int bigramCount() {
        return bigramKeys.length;
    }

    /**
     * The number of trigrams; they are numbered 1 to this.
     *
     * @return the number of trigrams
     */
    public int trigramCount() {
        return trigramKeys.length;
    }

    /**
     * Looks up the bigram that ends at each position.
     *
     * @param words word numbers of a whole text; not modified
     * @return as many numbers, 0 where the pair is not known
     */
    public int[] bigramIds(int[] words) {
        int[] ids = new int[words.length];
        for (int i = 1; i < words.length; i++) {
            long key = bigramKey(words, i);
            ids[i] = key == 0 ? 0 : bigrams.get(key, 0);
        }
        return ids;
    }

    /**
     * Looks up the trigram that ends at each position.
     *
     * @param words word numbers of a whole text; not modified
     * @return as many numbers, 0 where the triple is not known
     */
    public int[] trigramIds(int[] words) {
        int[] ids = new int[words.length];
        for (int i = 2; i < words.length; i++) {
            long key = trigramKey(words, i);
            ids[i] = key == 0 ? 0 : trigrams.get(key, 0);
        }
        return ids;
    }

    /**
     * The words of a bigram.
     *
     * @param id from 1 to {@link #bigramCount()}
     * @param vocabulary the vocabulary this was built with
     * @return two words with a space between
     */
    public String bigram(int id, Vocabulary vocabulary) {
        return unpack(bigramKeys[id - 1], 2, vocabulary);
    }

    /**
     * The words of a trigram.
     *
     * @param id from 1 to {@link #trigramCount()}
     * @param vocabulary the vocabulary this was built with
     * @return three words with spaces between
     */
    public String trigram(int id, Vocabulary vocabulary) {
        return unpack(trigramKeys[id - 1], 3, vocabulary);
    }

    /**
     * Writes the n-grams as text, one a line in the order of their numbers, after a header with their
     * counts. The file appears whole or not at all.
     *
     * @param file where to
     * @param vocabulary the vocabulary this was built with
     * @throws IOException if it cannot be written
     */
    public void save(Path file, Vocabulary vocabulary) throws IOException {
        List<String> lines = new ArrayList<>(1 + bigramCount() + trigramCount());
        lines.add(
                String.join(
                        " ",
                        HEADER,
                        Integer.toString(bigramCount()),
                        Integer.toString(trigramCount()),
                        Integer.toString(minDocuments)));
        for (int id = 1; id <= bigramCount(); id++) {
            lines.add(bigram(id, vocabulary));
        }
        for (int id = 1; id <= trigramCount(); id++) {
            lines.add(trigram(id, vocabulary));
        }
        TokenFiles.write(file, lines);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @param file the file
     * @param vocabulary the vocabulary it was written with
     * @return the dictionaries
     * @throws DataException if the file is missing, is not such a list, or does not fit the
     *     vocabulary; the message names file and line
     */
    public static NGramVocabulary load(Path file, Vocabulary vocabulary) {
        List<String> lines = TokenFiles.read(file);
        String[] header = lines.isEmpty() ? new String[0] : lines.getFirst().split(" ");
        int[] counts = new int[3];
        boolean good = header.length == 4 && header[0].equals(HEADER);
        for (int i = 0; good && i < 3; i++) {
            good = header[i + 1].matches("\\d{1,9}");
            counts[i] = good ? Integer.parseInt(header[i + 1]) : 0;
        }
        if (!good) {
            throw DataException.at(
                    file, 1, "expected '" + HEADER + " BIGRAMS TRIGRAMS MIN_DOCUMENTS'");
        }
        if (lines.size() != 1L + counts[0] + counts[1]) {
            throw DataException.in(
                    file,
                    "has "
                            + lines.size()
                            + " lines where its header promises "
                            + (1L + counts[0] + counts[1])
                            + "; save the model again");
        }
        NGramVocabulary loaded = new NGramVocabulary(
                vocabulary.size(),
                counts[2],
                parse(file, lines, 1, counts[0], 2, vocabulary),
                parse(file, lines, 1 + counts[0], counts[1], 3, vocabulary));
        if (loaded.bigrams.size() != counts[0] || loaded.trigrams.size() != counts[1]) {
            throw DataException.in(file, "names an n-gram twice; save the model again");
        }
        return loaded;
    }

    private static long[] parse(
            Path file, List<String> lines, int from, int count, int n, Vocabulary vocabulary) {
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            String[] words = lines.get(from + i).split(" ");
            if (words.length != n) {
                throw DataException.at(file, from + i + 1L, "expected " + n + " words");
            }
            for (String word : words) {
                int id = vocabulary.id(word);
                if (id == Vocabulary.UNK) {
                    throw DataException.at(
                            file, from + i + 1L, "'" + word + "' is not in the vocabulary");
                }
                keys[i] = keys[i] << WORD_BITS | id;
            }
        }
        return keys;
    }

    private static String unpack(long key, int n, Vocabulary vocabulary) {
        StringBuilder text = new StringBuilder();
        for (int i = n - 1; i >= 0; i--) {
            int id = (int) (key >>> (i * WORD_BITS)) & (MAX_WORDS - 1);
            text.append(vocabulary.word(id)).append(i > 0 ? " " : "");
        }
        return text.toString();
    }

    private static long bigramKey(int[] words, int end) {
        int a = words[end - 1];
        int b = words[end];
        return a <= Vocabulary.UNK || b <= Vocabulary.UNK ? 0 : (long) a << WORD_BITS | b;
    }

    private static long trigramKey(int[] words, int end) {
        int a = words[end - 2];
        long rest = bigramKey(words, end);
        return a <= Vocabulary.UNK || rest == 0 ? 0 : (long) a << (2 * WORD_BITS) | rest;
    }

    private static void countOnce(LongIntMap counts, long[] keys, int n) {
        Arrays.sort(keys, 0, n);
        for (int i = 0; i < n; i++) {
            if (i == 0 || keys[i] != keys[i - 1]) {
                counts.increment(keys[i]);
            }
        }
    }

    /** The keys with enough texts, most texts first, then by key. */
    private static long[] ranked(LongIntMap counts, int minDocuments) {
        long[] keys = counts.keysFrom(minDocuments);
        Arrays.sort(keys);
        int most = 0;
        for (long key : keys) {
            most = Math.max(most, counts.get(key, 0));
        }
        int[] next = new int[most + 2];
        for (long key : keys) {
            next[most - counts.get(key, 0) + 1]++;
        }
        for (int i = 1; i < next.length; i++) {
            next[i] += next[i - 1];
        }
        long[] ranked = new long[keys.length];
        for (long key : keys) {
            ranked[next[most - counts.get(key, 0)]++] = key;
        }
        return ranked;
    }

    private static LongIntMap numbered(long[] keys) {
        LongIntMap map = new LongIntMap(keys.length);
        for (int i = 0; i < keys.length; i++) {
            map.put(keys[i], i + 1);
        }
        return map;
    }

    private static long[] room(long[] array, int length) {
        return array.length >= length ? array : new long[Math.max(length, 2 * array.length)];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NGramVocabulary that
                && vocabularySize == that.vocabularySize
                && Arrays.equals(bigramKeys, that.bigramKeys)
                && Arrays.equals(trigramKeys, that.trigramKeys);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                vocabularySize, Arrays.hashCode(bigramKeys), Arrays.hashCode(trigramKeys));
    }
}
