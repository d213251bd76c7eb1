package dev.lanewise.examples.imdb.training;

import dev.lanewise.examples.imdb.batch.Batch;
import dev.lanewise.examples.imdb.model.ModelInput;
import java.util.SplittableRandom;

/**
 * Leaves parts of the reviews out, so that no single word or passage becomes indispensable: whole segments of a review,
 * then words and n-grams one by one. What stays is scaled up to keep the expected sums. The choice follows from seed and
 * step alone.
 */
final class Noise {

    /** About a sentence. A review no longer than this is never shortened. */
    static final int SEGMENT = 16;

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final Regularization settings;
    private final long seed;
    private final int multiple;

    /**
     * Prepares a source of noise.
     *
     * @param settings chances of being left out
     * @param seed decides what is left out
     * @param multiple lengths are padded to a multiple of this
     */
    Noise(Regularization settings, long seed, int multiple) {
        this.settings = settings;
        this.seed = seed;
        this.multiple = multiple;
    }

    /** Copies a batch, thinned out, to a model's input. */
    void apply(Batch batch, long step, ModelInput input) {
        SplittableRandom random = new SplittableRandom(seed + GOLDEN_GAMMA * (step + 1));
        int size = batch.size();
        input.reserve(
                size,
                batch.seqLen(),
                (float) (1 / (1 - settings.wordDropout())),
                (float) (1 / (1 - settings.ngramDropout())));
        int longest = 1;
        for (int b = 0; b < size; b++) {
            int whole = batch.lengths()[b];
            int kept = keepSegments(batch, b, input, random);
            input.setLength(b, kept, whole);
            longest = Math.max(longest, kept);
        }
        input.narrow((longest + multiple - 1) / multiple * multiple, batch.hasNGrams());
    }

    /** Copies the segments that stay, one after the other; returns their length. */
    private int keepSegments(Batch batch, int b, ModelInput input, SplittableRandom random) {
        int row = b * batch.seqLen();
        int length = batch.lengths()[b];
        int to = row;
        for (int start = 0; start < length; start += SEGMENT) {
            int end = Math.min(length, start + SEGMENT);
            boolean last = end == length;
            boolean needed = last && to == row;
            if (random.nextDouble() < settings.segmentDropout() && length > SEGMENT && !needed) {
                continue;
            }
            for (int t = row + start; t < row + end; t++, to++) {
                boolean word = random.nextDouble() >= settings.wordDropout();
                input.words()[to] = word ? batch.ids()[t] : 0;
                if (batch.hasNGrams()) {
                    boolean bigram = random.nextDouble() >= settings.ngramDropout();
                    boolean trigram = random.nextDouble() >= settings.ngramDropout();
                    input.bigrams()[to] = bigram ? batch.bigrams()[t] : 0;
                    input.trigrams()[to] = trigram ? batch.trigrams()[t] : 0;
                }
            }
        }
        return to - row;
    }
}
