package dev.lanewise.examples.imdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.examples.imdb.data.Dataset;
import dev.lanewise.examples.imdb.data.DatasetLoader;
import dev.lanewise.examples.imdb.data.LoadOptions;
import dev.lanewise.examples.imdb.data.Review;
import dev.lanewise.examples.imdb.text.TextEncoder;
import dev.lanewise.examples.imdb.text.Tokenizer;
import dev.lanewise.examples.imdb.text.Vocabulary;
import dev.lanewise.examples.imdb.text.WordCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The real reviews, where they are: in the folder named by {@code -Dimdb.data}, by the environment variable
 * {@code LANEWISE_IMDB}, or {@code shared/data/imdb} beside the project. Skipped elsewhere.
 */
class RealReviewsTest {

    private static Dataset archive;

    @Test
    void archiveGivesTheOfficialPartsWithoutLeaks() {
        Dataset data = archive();

        assertEquals(25_000, data.train().size() + data.validation().size() + data.counts().droppedFromTrain());
        assertTrue(Math.abs(data.validation().size() - 2_500) < 40, "validation " + data.validation().size());
        assertTrue(data.test().size() == 5_000 || data.test().size() == 25_000, "test " + data.test().size());
        assertEquals(0.5, positives(data.test()) / (double) data.test().size());
        assertEquals(0.5, positives(data.train()) / (double) data.train().size(), 0.005);
        assertTrue(data.counts().duplicates() > 100, data.counts().toString());
        Set<String> seen = new HashSet<>();
        for (List<Review> part : List.of(data.train(), data.validation(), data.test())) {
            Set<String> here = new HashSet<>();
            part.forEach(review -> here.add(String.join(" ", new Tokenizer().tokenize(review.text()))));
            here.forEach(text -> assertTrue(seen.add(text), () -> "on two sides: " + text));
        }
    }

    @Test
    void vocabularyOfTheTrainingPartCoversTheTestPart() {
        Dataset data = archive();
        Tokenizer tokenizer = new Tokenizer();
        WordCounts counts = WordCounts.of(data.train().stream().map(Review::text)::iterator, tokenizer);
        Vocabulary vocabulary = Vocabulary.of(counts, 30_000, 1);
        long unknown = 0;
        long tokens = 0;
        for (Review review : data.test()) {
            for (int id : TextEncoder.encodeWhole(review.text(), tokenizer, vocabulary)) {
                unknown += id == Vocabulary.UNK ? 1 : 0;
                tokens++;
            }
        }
        double share = unknown / (double) tokens;
        assertTrue(share > 0.015 && share < 0.03, "share of unknown tokens " + share);
        assertEquals("the", counts.mostFrequent(1, true).getFirst().word());
        assertEquals("movie", counts.mostFrequent(1, false).getFirst().word());
    }

    @Test
    void kaggleFileHoldsTheSameReviewsSplitByText() {
        Path csv = file("IMDB Dataset.csv.gz", "IMDB Dataset.csv");

        Dataset data = DatasetLoader.load(csv, LoadOptions.DEFAULT);

        int all = data.counts().read();
        assertTrue(all == 30_000 || all == 50_000, "read " + all);
        assertEquals(all, data.train().size() + data.validation().size() + data.test().size());
        assertEquals(all / 5, data.test().size(), 20);
    }

    private static long positives(List<Review> reviews) {
        return reviews.stream().filter(Review::positive).count();
    }

    /** Read once for all tests here: it takes a second or two. */
    private static Dataset archive() {
        Path file = file("aclImdb.tar.gz", "aclImdb_v1.tar.gz");
        if (archive == null) {
            archive = DatasetLoader.load(file, LoadOptions.DEFAULT);
        }
        return archive;
    }

    private static Path file(String... names) {
        Path parent = Path.of("").toAbsolutePath();
        String named = System.getProperty("imdb.data", System.getenv("LANEWISE_IMDB"));
        Stream<Path> folders = named != null
                ? Stream.of(Path.of(named))
                : Stream.of(parent.resolve("../shared/data/imdb"), parent.resolve("../../shared/data/imdb"));
        Path found = folders.flatMap(folder -> Stream.of(names).map(folder::resolve))
                .map(Path::normalize)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
        assumeTrue(found != null, () -> "no " + names[0] + " in shared/data/imdb beside the project; skipped");
        return found;
    }
}
