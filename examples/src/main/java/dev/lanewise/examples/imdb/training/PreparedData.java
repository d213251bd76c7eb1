package dev.lanewise.examples.imdb.training;

import dev.lanewise.examples.imdb.batch.EncodedSet;
import dev.lanewise.examples.imdb.data.DataException;
import dev.lanewise.examples.imdb.data.Dataset;
import dev.lanewise.examples.imdb.data.Review;
import dev.lanewise.examples.imdb.data.SeenTexts;
import dev.lanewise.examples.imdb.report.DataCounts;
import dev.lanewise.examples.imdb.report.WordCount;
import dev.lanewise.examples.imdb.text.NGramVocabulary;
import dev.lanewise.examples.imdb.text.TextEncoder;
import dev.lanewise.examples.imdb.text.Tokenizer;
import dev.lanewise.examples.imdb.text.Vocabulary;
import dev.lanewise.examples.imdb.text.WordCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Reviews made ready for a training: words and n-grams counted in the training part alone, and all parts encoded by them.
 *
 * @param vocabulary words of the training part
 * @param ngrams its pairs and triples of words; null for words only
 * @param seen the texts of {@code train} and {@code validation}
 * @param train what is learned from
 * @param validation what the best pass is chosen by
 * @param test what the result is measured on
 * @param topWords the most frequent words of the training part
 * @param counts numbers for the report
 */
public record PreparedData(
        Vocabulary vocabulary,
        NGramVocabulary ngrams,
        SeenTexts seen,
        EncodedSet train,
        EncodedSet validation,
        EncodedSet test,
        List<WordCount> topWords,
        DataCounts counts) {

    private static final int TOP_WORDS = 20;

    /** A word in one review only can be learned from that one only. */
    private static final int MIN_DOCUMENTS = 2;

    /**
     * Counts and encodes.
     *
     * @param data the reviews in three parts
     * @param settings sizes of the vocabulary, n-grams, length of a review, limit
     * @param listener told in a line what was found
     * @return the encoded parts
     * @throws DataException if the limit leaves the training part without one of the labels
     */
    public static PreparedData of(Dataset data, TrainingSettings settings, TrainingListener listener) {
        long seed = settings.model().seed();
        Dataset limited = limit(data, settings.limit(), seed);
        List<Review> train = limited.train();
        List<Review> validation = limited.validation();
        List<Review> test = limited.test();

        Tokenizer tokenizer = new Tokenizer();
        List<String> texts = train.stream().map(Review::text).toList();
        WordCounts words = WordCounts.of(texts, tokenizer);
        Vocabulary vocabulary = Vocabulary.of(words, settings.vocabulary(), MIN_DOCUMENTS);
        NGramVocabulary ngrams = null;
        if (settings.model().ngramDocuments() > 0) {
            List<int[]> encoded = new ArrayList<>(texts.size());
            texts.forEach(text -> encoded.add(TextEncoder.encodeWhole(text, tokenizer, vocabulary)));
            ngrams = NGramVocabulary.of(encoded, vocabulary, settings.model().ngramDocuments());
        }
        TextEncoder encoder = new TextEncoder(tokenizer, vocabulary, ngrams, settings.model().maxLength());
        DataCounts counts = new DataCounts(
                data.source(),
                train.size(),
                validation.size(),
                test.size(),
                positives(train),
                positives(test),
                data.counts().duplicates(),
                data.counts().skipped(),
                vocabulary.size());
        listener.note(describe(counts, ngrams));
        List<WordCount> topWords = words.mostFrequent(TOP_WORDS, true).stream()
                .map(count -> new WordCount(count.word(), count.occurrences()))
                .toList();
        return new PreparedData(
                vocabulary,
                ngrams,
                SeenTexts.of(train, validation),
                encoder.encodeAll(train),
                encoder.encodeAll(validation),
                encoder.encodeAll(test),
                topWords,
                counts);
    }

    private static Dataset limit(Dataset data, int limit, long seed) {
        return limit == 0 ? data
                : new Dataset(
                        data.source() + " with --limit " + limit,
                        limit(data.train(), limit, seed),
                        limit(data.validation(), limit, seed),
                        limit(data.test(), limit, seed),
                        data.counts());
    }

    /**
     * A seeded choice of reviews, as many of each class as there are, up to half of the limit.
     *
     * @param reviews to choose from
     * @param limit how many at most; 0 for all
     * @param seed decides which
     * @return the reviews chosen
     */
    static List<Review> limit(List<Review> reviews, int limit, long seed) {
        if (limit == 0 || limit >= reviews.size()) {
            return reviews;
        }
        List<Review> order = new ArrayList<>(reviews);
        Collections.shuffle(order, new Random(seed));
        int[] room = {limit / 2, limit - limit / 2};
        List<Review> chosen = new ArrayList<>(limit);
        for (Review review : order) {
            if (room[review.label()]-- > 0) {
                chosen.add(review);
            }
        }
        return chosen;
    }

    private static int positives(List<Review> reviews) {
        return (int) reviews.stream().filter(Review::positive).count();
    }

    private static String describe(DataCounts counts, NGramVocabulary ngrams) {
        String parts = String.format(
                Locale.ROOT,
                "%s: %,d reviews to train on, %,d to validate, %,d to test; %,d words",
                counts.source(),
                counts.train(),
                counts.validation(),
                counts.test(),
                counts.vocabulary());
        String grams = ngrams == null
                ? ""
                : String.format(
                        Locale.ROOT, ", %,d pairs, %,d triples", ngrams.bigramCount(), ngrams.trigramCount());
        return parts + grams + (counts.skipped().startsWith("nothing") ? "" : "; " + counts.skipped());
    }
}
