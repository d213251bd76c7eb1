package dev.lanewise.examples.imdb.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {

    @ParameterizedTest
    @CsvSource({
        "1000, 32, 2147483647, 1", "1000, 32, 2147483647, 4", "1000, 64, 1500, 1", "1000, 64, 1500, 8", "7, 32, 100, 1",
        "33, 32, 2147483647, 1", "1000, 1, 1, 1", "0, 32, 100, 1"
    })
    void everyReviewComesExactlyOnce(int count, int maxReviews, int maxTokens, int multiple) {
        EncodedSet set = set(count, true);
        BatchSize size = new BatchSize(maxReviews, maxTokens, multiple);
        for (Batches batches : List.of(Batches.shuffled(set, size, 1, 0), Batches.byLength(set, size))) {
            int[] seen = new int[count];
            Batch batch = new Batch();
            for (int b = 0; b < batches.count(); b++) {
                batches.fill(b, batch);
                assertEquals(batches.size(b), batch.size());
                assertTrue(batch.size() >= 1 && batch.size() <= maxReviews);
                assertTrue(batch.size() == 1 || (long) batch.size() * batch.seqLen() <= maxTokens);
                assertEquals(0, batch.seqLen() % multiple);
                for (int row = 0; row < batch.size(); row++) {
                    seen[batch.indices()[row]]++;
                }
            }
            assertTrue(IntStream.of(seen).allMatch(n -> n == 1), () -> Arrays.toString(seen));
        }
    }

    @Test
    void rowsAreTheReviewsPaddedWithZeros() {
        EncodedSet set = set(200, true);
        Batches batches = Batches.shuffled(set, BatchSize.ofReviews(16).withMultiple(4), 2, 0);
        Batch batch = new Batch();
        for (int b = 0; b < batches.count(); b++) {
            batches.fill(b, batch);
            assertTrue(batch.hasNGrams());
            int longest = 0;
            for (int row = 0; row < batch.size(); row++) {
                EncodedReview review = set.get(batch.indices()[row]);
                longest = Math.max(longest, review.length());
                assertEquals(review.length(), batch.lengths()[row]);
                assertEquals(review.label(), batch.labels()[row]);
                int from = row * batch.seqLen();
                int to = from + batch.seqLen();
                assertArrayEquals(Arrays.copyOf(review.words(), batch.seqLen()),
                        Arrays.copyOfRange(batch.ids(), from, to));
                assertArrayEquals(
                        Arrays.copyOf(review.bigrams(), batch.seqLen()), Arrays.copyOfRange(batch.bigrams(), from, to));
                assertArrayEquals(
                        Arrays.copyOf(review.trigrams(), batch.seqLen()),
                        Arrays.copyOfRange(batch.trigrams(), from, to));
            }
            assertEquals((longest + 3) / 4 * 4, batch.seqLen());
        }
    }

    @Test
    void sameSeedAndPassGiveTheSameBatches() {
        EncodedSet set = set(500, false);

        assertEquals(order(set, 7, 3), order(set, 7, 3));
        assertFalse(order(set, 7, 3).equals(order(set, 7, 4)), "another pass, another order");
        assertFalse(order(set, 7, 3).equals(order(set, 8, 3)), "another seed, another order");
        assertFalse(order(set, 7, 1).equals(order(set, 8, 0)), "seed and pass do not trade places");
    }

    @Test
    void batchesHoldReviewsOfLikeLengthInShuffledOrder() {
        EncodedSet set = set(5000, false);
        Batches batches = Batches.shuffled(set, BatchSize.ofReviews(32), 1, 0);
        double unsorted = 1 - set.tokens() / (5000.0 * 300);

        assertTrue(unsorted > 0.4, "the set must have lengths that differ");
        assertTrue(batches.paddingShare() < 0.05, "padding " + batches.paddingShare());
        Batch batch = new Batch();
        int rises = 0;
        int previous = 0;
        for (int b = 0; b < batches.count(); b++) {
            batches.fill(b, batch);
            rises += batch.seqLen() > previous ? 1 : 0;
            previous = batch.seqLen();
        }
        assertTrue(rises > batches.count() / 3 && rises < batches.count() * 2 / 3, "rises " + rises);
    }

    @Test
    void evaluationGoesFromShortToLong() {
        Batches batches = Batches.byLength(set(300, false), BatchSize.ofTokens(2000, 100));
        Batch batch = new Batch();
        int previous = 0;
        for (int b = 0; b < batches.count(); b++) {
            batches.fill(b, batch);
            assertTrue(batch.seqLen() >= previous);
            previous = batch.seqLen();
        }
    }

    @Test
    void buffersAreUsedAgainForSmallerBatches() {
        Batches batches = Batches.byLength(set(300, true), BatchSize.ofReviews(16));
        Batch batch = new Batch();
        batches.fill(batches.count() - 1, batch);
        batches.fill(batches.count() - 2, batch);
        int[] ids = batch.ids();
        batches.fill(0, batch);

        assertSame(ids, batch.ids());
    }

    @Test
    void faultyReviewsAndSizesAreRefused() {
        EncodedReview plain = EncodedReview.ofWords(new int[] {2}, 0);
        EncodedReview rich = new EncodedReview(new int[] {2}, new int[1], new int[1], 0);

        assertThrows(IllegalArgumentException.class, () -> new EncodedSet(List.of(plain, rich)));
        assertThrows(IllegalArgumentException.class, () -> EncodedReview.ofWords(new int[0], 0));
        assertThrows(IllegalArgumentException.class, () -> EncodedReview.ofWords(new int[1], 2));
        assertThrows(IllegalArgumentException.class, () -> new EncodedReview(new int[2], new int[2], new int[1], 0));
        assertThrows(IllegalArgumentException.class, () -> new EncodedReview(new int[2], new int[2], null, 0));
        assertThrows(IllegalArgumentException.class, () -> BatchSize.ofReviews(0));
        assertThrows(IllegalArgumentException.class, () -> BatchSize.ofReviews(4).withMultiple(0));
        assertThrows(IndexOutOfBoundsException.class,
                () -> Batches.byLength(new EncodedSet(List.of(plain)), BatchSize.ofReviews(1)).fill(1, new Batch()));
    }

    private static List<Integer> order(EncodedSet set, long seed, int epoch) {
        Batches batches = Batches.shuffled(set, BatchSize.ofTokens(3000, 64), seed, epoch);
        Batch batch = new Batch();
        List<Integer> order = new ArrayList<>();
        for (int b = 0; b < batches.count(); b++) {
            batches.fill(b, batch);
            for (int row = 0; row < batch.size(); row++) {
                order.add(batch.indices()[row]);
            }
        }
        return order;
    }

    private static EncodedSet set(int count, boolean ngrams) {
        Random random = new Random(21);
        List<EncodedReview> reviews = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = 1 + random.nextInt(300);
            int[] words = random.ints(length, 2, 1000).toArray();
            int label = random.nextInt(2);
            reviews.add(ngrams
                    ? new EncodedReview(
                            words, random.ints(length, 0, 50).toArray(), random.ints(length, 0, 50).toArray(), label)
                    : EncodedReview.ofWords(words, label));
        }
        return new EncodedSet(reviews);
    }
}
