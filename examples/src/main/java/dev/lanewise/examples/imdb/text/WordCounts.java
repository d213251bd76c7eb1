package dev.lanewise.examples.imdb.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each token occurs in a set of texts, and in how many of the texts.
 *
 * <p>Give it the training part only: a vocabulary that has seen the test part knows words that a model
 * in use would not know.
 */
public final class WordCounts {

    /**
     * A word with its counts.
     *
     * @param word the token
     * @param occurrences how often it occurs in all texts together
     * @param documents in how many texts it occurs
     */
    public record Count(String word, long occurrences, int documents) {}

    private static final class Cell {
        private long occurrences;
        private int documents;
        private int lastDocument = -1;
    }

    private final Map<String, Cell> cells = new HashMap<>(1 << 17);
    private final Tokenizer tokenizer;
    private int documents;
    private long tokens;

    /**
     * Creates empty counts.
     *
     * @param tokenizer takes texts apart
     */
    public WordCounts(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Counts several texts.
     *
     * @param texts the texts
     * @param tokenizer takes them apart
     * @return their counts
     */
    public static WordCounts of(Iterable<String> texts, Tokenizer tokenizer) {
        WordCounts counts = new WordCounts(tokenizer);
        texts.forEach(counts::add);
        return counts;
    }

    /**
     * Counts one more text.
     *
     * @param text the text
     */
    public void add(String text) {
        int document = documents++;
        tokenizer.forEach(
                text,
                token -> {
                    Cell cell = cells.computeIfAbsent(token, k -> new Cell());
                    cell.occurrences++;
                    tokens++;
                    if (cell.lastDocument != document) {
                        cell.lastDocument = document;
                        cell.documents++;
                    }
                });
    }

    /**
     * The number of texts counted.
     *
     * @return the number of texts
     */
    public int documents() {
        return documents;
    }

    /**
     * The number of tokens counted.
     *
     * @return the sum of all occurrences
     */
    public long tokens() {
        return tokens;
    }

    /**
     * The number of different tokens.
     *
     * @return the number of different tokens
     */
    public int distinct() {
        return cells.size();
    }

    /**
     * All words, those found in most texts first; ties by occurrences, then by the word itself, so
     * that the order depends on nothing but the texts.
     *
     * @return a new list
     */
    public List<Count> byDocuments() {
        return sorted(
                Comparator.comparingInt(Count::documents)
                        .thenComparingLong(Count::occurrences)
                        .reversed()
                        .thenComparing(Count::word));
    }

    /**
     * The most frequent words by occurrences, for a chart. Tokens without a letter or digit and the
     * line-break token are no words and are left out.
     *
     * @param limit at most this many
     * @param withStopWords whether the words that are frequent in any English text, and so say nothing
     *     about this one, stay in
     * @return a new list, most frequent first, ties by the word
     */
    public List<Count> mostFrequent(int limit, boolean withStopWords) {
        List<Count> all = sorted(
                Comparator.comparingLong(Count::occurrences)
                        .reversed()
                        .thenComparing(Count::word));
        all.removeIf(
                count -> !Character.isLetterOrDigit(count.word().charAt(0))
                        || !withStopWords && StopWords.contains(count.word()));
        return new ArrayList<>(all.subList(0, Math.min(limit, all.size())));
    }

    private List<Count> sorted(Comparator<Count> order) {
        List<Count> all = new ArrayList<>(cells.size());
        cells.forEach((word, cell) -> all.add(new Count(word, cell.occurrences, cell.documents)));
        all.sort(order);
        return all;
    }
}
