package dev.lanewise.examples.imdb.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.examples.imdb.batch.Batch;
import dev.lanewise.examples.imdb.batch.BatchSize;
import dev.lanewise.examples.imdb.batch.Batches;
import dev.lanewise.examples.imdb.batch.EncodedReview;
import dev.lanewise.examples.imdb.batch.EncodedSet;
import dev.lanewise.examples.imdb.model.ModelInput;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NoiseTest {

    private static final int GROUP = 4;

    private final ModelInput input = new ModelInput();

    /** Reviews whose words are their positions, counted from 1, and whose n-grams are a hundred and a thousand more. */
    private static Batch batch(int... lengths) {
        List<EncodedReview> reviews = Arrays.stream(lengths)
                .mapToObj(n -> new EncodedReview(
                        IntStream.range(1, n + 1).toArray(),
                        IntStream.range(101, n + 101).toArray(),
                        IntStream.range(1001, n + 1001).toArray(),
                        1))
                .toList();
        Batch batch = new Batch();
        BatchSize size = BatchSize.ofReviews(lengths.length).withMultiple(GROUP);
        Batches.byLength(new EncodedSet(reviews), size).fill(0, batch);
        return batch;
    }

    private static Noise noise(double segments, double words, double ngrams) {
        return new Noise(new Regularization(segments, words, ngrams, 0, 0), 7, GROUP);
    }

    @Test
    void withoutChancesABatchStaysAsItIs() {
        Batch batch = batch(5, 33);
        noise(0, 0, 0).apply(batch, 0, input);
        assertEquals(batch.seqLen(), input.seqLen());
        int cells = 2 * batch.seqLen();
        assertArrayEquals(Arrays.copyOf(batch.ids(), cells), Arrays.copyOf(input.words(), cells));
        assertArrayEquals(Arrays.copyOf(batch.bigrams(), cells), Arrays.copyOf(input.bigrams(), cells));
        assertArrayEquals(Arrays.copyOf(batch.trigrams(), cells), Arrays.copyOf(input.trigrams(), cells));
        assertArrayEquals(new int[] {5, 33}, Arrays.copyOf(input.lengths(), 2));
    }

    @Test
    void segmentsLeaveWholeAndInOrderAndShortReviewsStay() {
        Batch batch = batch(16, 70, 70);
        Noise noise = noise(0.5, 0, 0);
        boolean shortened = false;
        for (int step = 0; step < 20; step++) {
            noise.apply(batch, step, input);
            assertEquals(16, input.lengths()[0]);
            assertEquals(0, input.seqLen() % GROUP);
            for (int b = 0; b < 3; b++) {
                int length = input.lengths()[b];
                shortened |= length < 70 && b > 0;
                assertTrue(length >= 1 && length <= input.seqLen());
                for (int t = 0; t < input.seqLen(); t++) {
                    int word = input.words()[b * input.seqLen() + t];
                    assertEquals(t >= length, word == 0, "padding follows the text");
                    assertEquals(t < length ? word + 100 : 0, input.bigrams()[b * input.seqLen() + t]);
                    assertEquals(t < length ? word + 1000 : 0, input.trigrams()[b * input.seqLen() + t]);
                    boolean startsSegment = t % Noise.SEGMENT == 0 && t < length;
                    assertTrue(!startsSegment || (word - 1) % Noise.SEGMENT == 0, "a segment was torn");
                }
            }
        }
        assertTrue(shortened);
    }

    @Test
    void wordsAndNGramsLeaveOneByOneInTheirShares() {
        Batch batch = batch(2000);
        noise(0, 0.2, 0.6).apply(batch, 0, input);
        assertEquals(2000, input.lengths()[0]);
        assertEquals(0.2, share(input.words()), 0.03);
        assertEquals(0.6, share(input.bigrams()), 0.04);
        assertEquals(0.6, share(input.trigrams()), 0.04);
    }

    private static double share(int[] ids) {
        return Arrays.stream(ids).limit(2000).filter(id -> id == 0).count() / 2000.0;
    }

    @Test
    void sameStepLeavesTheSameOutAndAnotherSomethingElse() {
        Batch batch = batch(70, 70);
        Noise noise = noise(0.3, 0.2, 0.3);
        noise.apply(batch, 5, input);
        int[] first = input.words().clone();
        noise.apply(batch, 6, input);
        assertFalse(Arrays.equals(first, input.words()));
        ModelInput again = new ModelInput();
        noise.apply(batch, 5, again);
        int cells = 2 * again.seqLen();
        assertArrayEquals(Arrays.copyOf(first, cells), Arrays.copyOf(again.words(), cells));
    }
}
