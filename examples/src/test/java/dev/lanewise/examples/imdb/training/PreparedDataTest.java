package dev.lanewise.examples.imdb.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.examples.imdb.data.DataException;
import dev.lanewise.examples.imdb.data.Dataset;
import dev.lanewise.examples.imdb.data.Review;
import dev.lanewise.examples.imdb.model.ModelConfig;
import dev.lanewise.examples.imdb.report.WordCount;
import dev.lanewise.examples.imdb.text.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreparedDataTest {

    @Test
    void vocabularyComesFromTheTrainingPartAlone() {
        PreparedData data = PreparedData.of(dataset(), settings(0, 0), TrainingListener.SILENT);
        assertTrue(data.vocabulary().words().contains("splendid"));
        assertEquals(Vocabulary.UNK, data.vocabulary().id("unheard"));
        assertEquals(20, data.train().size());
        assertEquals(4, data.test().size());
        assertNull(data.ngrams());
        assertFalse(data.train().hasNGrams());
    }

    @Test
    void nGramsAreCountedWhenAskedFor() {
        PreparedData data = PreparedData.of(dataset(), settings(0, 2), TrainingListener.SILENT);
        assertTrue(data.ngrams().bigramCount() > 0);
        assertTrue(data.train().hasNGrams() && data.test().hasNGrams());
    }

    @Test
    void limitKeepsTheClassesBalancedAndFollowsTheSeed() {
        PreparedData data = PreparedData.of(dataset(), settings(6, 0), TrainingListener.SILENT);
        assertEquals(6, data.counts().train());
        assertEquals(3, data.counts().positiveTrain());
        assertEquals(3, data.train().positives());
        List<Review> reviews = dataset().train();
        assertEquals(PreparedData.limit(reviews, 6, 1), PreparedData.limit(reviews, 6, 1));
        assertFalse(PreparedData.limit(reviews, 6, 1).equals(PreparedData.limit(reviews, 6, 2)));
    }

    @Test
    void limitThatLeavesOneClassIsRefused() {
        String message = assertThrows(DataException.class,
                () -> PreparedData.of(dataset(), settings(1, 0), TrainingListener.SILENT)).getMessage();
        assertTrue(message.startsWith("here with --limit 1: the training part has 1 reviews, "), message);
        assertTrue(message.endsWith("training needs both labels"), message);
        assertEquals(2, PreparedData.of(dataset(), settings(2, 0), TrainingListener.SILENT).counts().train());
    }

    @Test
    void mostFrequentWordsComeFirst() {
        PreparedData data = PreparedData.of(dataset(), settings(0, 0), TrainingListener.SILENT);
        assertEquals(new WordCount("film", 40), data.topWords().getFirst());
    }

    @Test
    void partsAreDescribedInOneLine() {
        List<String> notes = new ArrayList<>();
        PreparedData.of(dataset(), settings(0, 2), new TrainingListener() {
            @Override
            public void note(String line) {
                notes.add(line);
            }
        });
        assertEquals(1, notes.size());
        assertTrue(notes.getFirst().startsWith("here: 20 reviews to train on, 4 to validate, 4 to test"),
                notes::toString);
        assertTrue(notes.getFirst().endsWith("1 skipped: stray quote 1"), notes::toString);
    }

    private static Dataset dataset() {
        return new Dataset(
                "here", reviews(20, "film splendid film"), reviews(4, "unheard film"), reviews(4, "film unheard"),
                new Dataset.Counts(28, 0, 0, 0, "1 skipped: stray quote 1"));
    }

    private static List<Review> reviews(int count, String text) {
        List<Review> reviews = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reviews.add(new Review(text, i % 2 == 0, text + i, ""));
        }
        return reviews;
    }

    private static TrainingSettings settings(int limit, int ngrams) {
        return new TrainingSettings(
                1, 1, 2, 1e-3, 3e-3, 0.1, 0.01, 1, 100, limit, Regularization.NONE,
                new ModelConfig(42, 8, 2, 1, 16, 64, ngrams, 1, 0.1, 0, 0));
    }
}
