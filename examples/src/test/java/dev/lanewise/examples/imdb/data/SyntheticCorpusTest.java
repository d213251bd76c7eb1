package dev.lanewise.examples.imdb.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.examples.imdb.text.Tokenizer;
import dev.lanewise.examples.imdb.text.WordCounts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SyntheticCorpusTest {

    private static final List<Review> REVIEWS = new SyntheticCorpus(SyntheticCorpus.SEED).generate(4000);

    @Test
    void sameSeedGivesTheSameReviews() {
        assertEquals(REVIEWS, new SyntheticCorpus(SyntheticCorpus.SEED).generate(4000));
        assertNotEquals(REVIEWS.subList(0, 100), new SyntheticCorpus(1).generate(100));
    }

    @Test
    void labelsAreBalancedAndNoTextComesTwice() {
        Set<String> texts = new HashSet<>();
        REVIEWS.forEach(review -> assertTrue(texts.add(TextKey.of(review.text())), review.text()));
        assertEquals(2000, REVIEWS.stream().filter(Review::positive).count());
    }

    @Test
    void ratingsAgreeWithTheLabel() {
        Tokenizer tokenizer = new Tokenizer();
        int rated = 0;
        for (Review review : REVIEWS) {
            for (String token : tokenizer.tokenize(review.text())) {
                if (token.endsWith("/10")) {
                    rated++;
                    int rating = Integer.parseInt(token.substring(0, token.length() - 3));
                    assertEquals(review.positive(), rating > 5, review.text());
                }
            }
        }
        assertTrue(rated > 100 && rated < 800, "rated: " + rated);
    }

    @Test
    void templatesAreFilledAndSentencesAreWhole() {
        for (Review review : REVIEWS) {
            assertFalse(review.text().contains("%"), review.text());
            assertFalse(review.text().contains("  "), review.text());
            assertTrue(review.text().matches("(?s)[A-Z].*([.!]|/10)"), review.text());
        }
    }

    /** Naive Bayes over single words, the classic bag of words, must find the corpus hard but not hopeless. */
    @Test
    void countingGoodAndBadWordsIsNotEnough() {
        Dataset data = DataSources.synthetic(4000, LoadOptions.DEFAULT);
        Tokenizer tokenizer = new Tokenizer();
        Map<String, Double> ratio = new HashMap<>();
        for (boolean positive : new boolean[] {true, false}) {
            List<String> texts = data.train().stream()
                    .filter(review -> review.positive() == positive)
                    .map(Review::text)
                    .toList();
            for (WordCounts.Count count : WordCounts.of(texts, tokenizer).byDocuments()) {
                ratio.merge(count.word(), (positive ? 1 : -1) * Math.log(1 + count.documents()), Double::sum);
            }
        }
        int right = 0;
        for (Review review : data.test()) {
            double sum = 0;
            for (String token : new HashSet<>(tokenizer.tokenize(review.text()))) {
                sum += ratio.getOrDefault(token, 0.0);
            }
            right += sum > 0 == review.positive() ? 1 : 0;
        }
        double accuracy = right / (double) data.test().size();
        assertTrue(accuracy > 0.7 && accuracy < 0.9, "accuracy " + accuracy);
    }
}
