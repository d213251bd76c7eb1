package dev.lanewise.examples.imdb.text;

import dev.lanewise.examples.imdb.batch.EncodedReview;
import dev.lanewise.examples.imdb.batch.EncodedSet;
import dev.lanewise.examples.imdb.data.Review;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns texts into word numbers, at most {@code maxLength} of them, and, given a dictionary of n-grams,
 * into the numbers of the word pairs and triples that end at each word.
 *
 * <p>Of a longer text the first quarter of {@code maxLength} and the last three quarters are kept,
 * since a review sums up at its end. N-grams are looked up in the whole text, so that those at the cut
 * are the ones the writer wrote. A text without any token becomes one unknown word, so that every
 * review has a length of at least 1. Immutable and safe for concurrent use.
 */
public final class TextEncoder {

    private final Tokenizer tokenizer;
    private final Vocabulary vocabulary;
    private final NGramVocabulary ngrams;
    private final int maxLength;

    /**
     * Creates an encoder of words only.
     *
     * @param tokenizer takes texts apart
     * @param vocabulary numbers the words
     * @param maxLength the longest encoded text, at least 4
     * @throws IllegalArgumentException if {@code maxLength < 4}
     */
    public TextEncoder(Tokenizer tokenizer, Vocabulary vocabulary, int maxLength) {
        this(tokenizer, vocabulary, null, maxLength);
    }

    /**
     * Creates an encoder of words, pairs and triples.
     *
     * @param tokenizer takes texts apart
     * @param vocabulary numbers the words
     * @param ngrams numbers pairs and triples of words, or null for none
     * @param maxLength the longest encoded text, at least 4
     * @throws IllegalArgumentException if {@code maxLength < 4}
     */
    public TextEncoder(
            Tokenizer tokenizer, Vocabulary vocabulary, NGramVocabulary ngrams, int maxLength) {
        if (maxLength < 4) {
            throw new IllegalArgumentException("maxLength must be 4 or more, got " + maxLength);
        }
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        this.ngrams = ngrams;
        this.maxLength = maxLength;
    }

    /**
     * Encodes a text to word numbers.
     *
     * @param text any text
     * @return 1 to {@code maxLength} numbers, none of them {@link Vocabulary#PAD}
     */
    public int[] encode(String text) {
        return cut(encodeWhole(text, tokenizer, vocabulary));
    }

    /**
     * Encodes a review.
     *
     * @param review the review
     * @return words and label, with n-grams where this encoder has a dictionary of them
     */
    public EncodedReview encode(Review review) {
        int[] words = encodeWhole(review.text(), tokenizer, vocabulary);
        return ngrams == null
                ? EncodedReview.ofWords(cut(words), review.label())
                : new EncodedReview(
                        cut(words),
                        cut(ngrams.bigramIds(words)),
                        cut(ngrams.trigramIds(words)),
                        review.label());
    }

    /**
     * Encodes several reviews, in their order.
     *
     * @param reviews the reviews
     * @return as many encoded reviews
     */
    public EncodedSet encodeAll(List<Review> reviews) {
        List<EncodedReview> encoded = new ArrayList<>(reviews.size());
        reviews.forEach(review -> encoded.add(encode(review)));
        return new EncodedSet(encoded);
    }

    /**
     * Encodes a text without cutting it, as {@link NGramVocabulary#of} wants it.
     *
     * @param text any text
     * @param tokenizer takes it apart
     * @param vocabulary numbers its words
     * @return the numbers of all its tokens, one unknown word for a text without any
     */
    public static int[] encodeWhole(String text, Tokenizer tokenizer, Vocabulary vocabulary) {
        IntCollector ids = new IntCollector(text.length() / 4 + 4);
        tokenizer.forEach(text, token -> ids.add(vocabulary.id(token)));
        if (ids.size == 0) {
            ids.add(Vocabulary.UNK);
        }
        return Arrays.copyOf(ids.values, ids.size);
    }

    private int[] cut(int[] all) {
        if (all.length <= maxLength) {
            return all;
        }
        int head = maxLength / 4;
        int tail = maxLength - head;
        int[] kept = new int[maxLength];
        System.arraycopy(all, 0, kept, 0, head);
        System.arraycopy(all, all.length - tail, kept, head, tail);
        return kept;
    }

    private static final class IntCollector {
        private int[] values;
        private int size;

        IntCollector(int capacity) {
            values = new int[capacity];
        }

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }
    }
}
