package dev.lanewise.examples.imdb.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SplitterTest {

    private static final Splitter SPLITTER = new Splitter(0.1, 42);

    @Test
    void sharesAndBalanceAreAsAsked() {
        Dataset data = SPLITTER.random("test", reviews(1000), 0.2, "");

        assertEquals(720, data.train().size());
        assertEquals(80, data.validation().size());
        assertEquals(200, data.test().size());
        assertEquals(100, data.test().stream().filter(Review::positive).count());
        assertEquals(40, data.validation().stream().filter(Review::positive).count());
    }

    @Test
    void everyReviewLandsOnExactlyOneSide() {
        List<Review> reviews = reviews(500);
        Dataset data = SPLITTER.random("test", reviews, 0.2, "");

        Set<String> ids = new HashSet<>();
        for (List<Review> part : List.of(data.train(), data.validation(), data.test())) {
            part.forEach(review -> assertTrue(ids.add(review.id()), review.id()));
        }
        assertEquals(reviews.size(), ids.size());
    }

    @Test
    void copiesOfATextStayTogether() {
        List<Review> reviews = reviews(400);
        for (int i = 0; i < 100; i++) {
            Review original = reviews.get(i);
            String copy = original.text().toUpperCase().replace(" ", "<br /><br />") + "!";
            reviews.add(new Review(copy, original.positive(), "copy " + i, ""));
        }
        Dataset data = SPLITTER.random("test", reviews, 0.2, "");

        assertEquals(100, data.counts().duplicates());
        assertDisjoint(data, review -> TextKey.of(review.text()));
    }

    @Test
    void reviewsOfOneFilmStayTogetherInTrainOrValidation() {
        List<Review> train = new ArrayList<>();
        for (Review review : reviews(600)) {
            train.add(new Review(review.text(), review.positive(), review.id(), "tt" + train.size() / 7));
        }
        Dataset data = SPLITTER.official("test", new OfficialParts(train, reviews(10, "held out")), "");

        assertDisjoint(data, review -> review.film().isEmpty() ? review.id() : review.film());
        assertEquals(86, data.counts().films());
        assertTrue(Math.abs(data.validation().size() - 60) <= 7, "validation " + data.validation().size());
    }

    @Test
    void trainingTextsThatStandInTheTestPartAreDroppedAndCounted() {
        List<Review> train = reviews(200);
        List<Review> test = new ArrayList<>(reviews(50, "held out"));
        test.add(new Review(train.get(3).text() + " ", true, "leak", ""));
        train.add(new Review(train.get(3).text(), true, "twin", ""));

        Dataset data = SPLITTER.official("test", new OfficialParts(train, test), "");

        assertEquals(2, data.counts().droppedFromTrain());
        assertEquals(199, data.train().size() + data.validation().size());
        assertEquals(test, data.test());
        assertDisjoint(data, review -> TextKey.of(review.text()));
    }

    @Test
    void orderOfTheRowsMakesNoDifference() {
        List<Review> reviews = reviews(300);
        Dataset expected = SPLITTER.random("test", reviews, 0.2, "");
        Collections.shuffle(reviews, new Random(9));

        assertEquals(expected, SPLITTER.random("test", reviews, 0.2, ""));
    }

    @Test
    void anotherSeedGivesAnotherSplit() {
        List<Review> reviews = reviews(300);

        assertNotEquals(SPLITTER.random("test", reviews, 0.2, "").test(),
                new Splitter(0.1, 43).random("test", reviews, 0.2, "").test());
    }

    @Test
    void tooFewReviewsAreRefused() {
        DataException e = assertThrows(DataException.class, () -> SPLITTER.random("my.csv", reviews(4), 0.2, ""));

        assertTrue(e.getMessage().contains("4 reviews are too few"), e.getMessage());
    }

    @Test
    void oneLabelAloneIsRefused() {
        List<Review> reviews = reviews(100);
        reviews.removeIf(Review::positive);

        DataException e = assertThrows(DataException.class, () -> SPLITTER.random("my.csv", reviews, 0.2, ""));
        assertTrue(e.getMessage().contains("0 of them positive"), e.getMessage());
    }

    private static void assertDisjoint(Dataset data, Function<Review, String> key) {
        Set<String> seen = new HashSet<>();
        for (List<Review> part : List.of(data.train(), data.validation(), data.test())) {
            Set<String> here = new HashSet<>();
            part.forEach(review -> here.add(key.apply(review)));
            here.forEach(k -> assertTrue(seen.add(k), () -> "on two sides: " + k));
        }
    }

    private static List<Review> reviews(int count) {
        return reviews(count, "text");
    }

    private static List<Review> reviews(int count, String word) {
        List<Review> reviews = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reviews.add(new Review(word + " number " + i, i % 2 == 0, word + i, ""));
        }
        return reviews;
    }
}
