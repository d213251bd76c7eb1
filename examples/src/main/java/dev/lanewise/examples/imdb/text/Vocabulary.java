package dev.lanewise.examples.imdb.text;

import dev.lanewise.examples.imdb.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The words a model knows, numbered: 0 is padding, 1 is any word that is not in the list, and the
 * words follow from 2 on, those found in most training texts first. Immutable.
 *
 * <p>Words are ranked by the number of texts they stand in rather than by occurrences: a name that one
 * review repeats thirty times can be learned from that one review only.
 */
public final class Vocabulary {

    /** The number of the padding token. */
    public static final int PAD = 0;

    /** The number of every unknown word. */
    public static final int UNK = 1;

    /** The name of the padding token. */
    public static final String PAD_TOKEN = "<PAD>";

    /** The name of the unknown token. */
    public static final String UNK_TOKEN = "<UNK>";

    private final List<String> words;
    private final Map<String, Integer> ids;

    private Vocabulary(List<String> words) {
        this.words = List.copyOf(words);
        this.ids = HashMap.newHashMap(words.size());
        for (int id = UNK + 1; id < words.size(); id++) {
            ids.putIfAbsent(words.get(id), id);
        }
    }

    /**
     * The words found in most texts.
     *
     * @param counts counts of the training part
     * @param maxWords at most this many words, the two special tokens not counted
     * @param minDocuments words in fewer texts are left out
     * @return the vocabulary
     * @throws IllegalArgumentException if {@code maxWords} is negative
     */
    public static Vocabulary of(WordCounts counts, int maxWords, int minDocuments) {
        if (maxWords < 0) {
            throw new IllegalArgumentException("maxWords must not be negative, got " + maxWords);
        }
        List<String> words = new ArrayList<>(List.of(PAD_TOKEN, UNK_TOKEN));
        for (WordCounts.Count count : counts.byDocuments()) {
            if (words.size() == maxWords + 2 || count.documents() < minDocuments) {
                break;
            }
            words.add(count.word());
        }
        return new Vocabulary(words);
    }

    /**
     * A vocabulary from its list of tokens, as {@link #words()} gives it.
     *
     * @param words all tokens in the order of their numbers, {@link #PAD_TOKEN} and {@link #UNK_TOKEN} first
     * @return the vocabulary
     * @throws IllegalArgumentException if the list does not start so, or holds a word twice, an empty one or one with a
     *     space in it; the message counts from 1
     */
    public static Vocabulary ofWords(List<String> words) {
        if (words.size() < 2 || !words.get(PAD).equals(PAD_TOKEN) || !words.get(UNK).equals(UNK_TOKEN)) {
            throw new IllegalArgumentException(
                    "line 1: a vocabulary starts with the lines " + PAD_TOKEN + " and " + UNK_TOKEN);
        }
        Vocabulary vocabulary = new Vocabulary(words);
        for (int id = UNK + 1; id < words.size(); id++) {
            String word = words.get(id);
            if (word.isEmpty() || word.indexOf(' ') >= 0) {
                throw new IllegalArgumentException("line " + (id + 1) + ": '" + word + "' is not one word");
            }
            if (vocabulary.id(word) != id) {
                throw new IllegalArgumentException("line " + (id + 1) + ": the word '" + word + "' stands here again");
            }
        }
        return vocabulary;
    }

    /**
     * All tokens in the order of their numbers.
     *
     * @return a list that cannot be modified
     */
    public List<String> words() {
        return words;
    }

    /**
     * The number of tokens, padding and unknown included.
     *
     * @return the size of an embedding table for this vocabulary
     */
    public int size() {
        return words.size();
    }

    /**
     * The number of a word.
     *
     * @param word a token
     * @return its number, or {@link #UNK}; never {@link #PAD}
     */
    public int id(String word) {
        return ids.getOrDefault(word, UNK);
    }

    /**
     * The word of a number.
     *
     * @param id from 0 to {@code size() - 1}
     * @return the token
     * @throws IndexOutOfBoundsException for any other number
     */
    public String word(int id) {
        return words.get(id);
    }

    /**
     * Writes the words, one a line in the order of their numbers, as UTF-8. The file appears whole or
     * not at all.
     *
     * @param file where to
     * @throws IOException if it cannot be written
     */
    public void save(Path file) throws IOException {
        TokenFiles.write(file, words);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @param file the file
     * @return the vocabulary
     * @throws DataException if the file is missing, is not such a list, or names a word twice; the
     *     message names file and line
     */
    public static Vocabulary load(Path file) {
        try {
            return ofWords(TokenFiles.read(file));
        } catch (IllegalArgumentException e) {
            throw new DataException(file + ", " + e.getMessage() + "; save the model again", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary that && words.equals(that.words);
    }

    @Override
    public int hashCode() {
        return words.hashCode();
    }
}
