package dev.lanewise.examples.imdb.training;

import dev.lanewise.Engine;
import dev.lanewise.examples.imdb.batch.Batch;
import dev.lanewise.examples.imdb.batch.BatchSize;
import dev.lanewise.examples.imdb.batch.Batches;
import dev.lanewise.examples.imdb.batch.EncodedSet;
import dev.lanewise.examples.imdb.model.ModelInput;
import dev.lanewise.examples.imdb.model.SentimentModel;
import dev.lanewise.examples.imdb.report.ClassificationResult;
import dev.lanewise.nn.Dropout;

/** A model's answers to a set of reviews, in batches of like length. Not for several threads at once. */
public final class Answers {

    private static final int MAX_REVIEWS = 256;
    private static final int MAX_TOKENS = 1 << 14;

    private final Engine engine;
    private final SentimentModel model;
    private final BatchSize batchSize;
    private final Batch batch = new Batch();
    private final ModelInput input = new ModelInput();
    private final SentimentModel.Activations kept = new SentimentModel.Activations();

    /**
     * Prepares to ask a model.
     *
     * @param engine runs it
     * @param model the model; later changes of its weights show in later answers
     */
    public Answers(Engine engine, SentimentModel model) {
        this.engine = engine;
        this.model = model;
        batchSize = BatchSize.ofTokens(MAX_TOKENS, MAX_REVIEWS).withMultiple(model.config().group());
    }

    /**
     * The probabilities of "positive".
     *
     * @param reviews the reviews; their labels are not looked at
     * @return one for each review, in the set's order
     */
    public float[] probabilities(EncodedSet reviews) {
        float[] probabilities = new float[reviews.size()];
        Batches batches = Batches.byLength(reviews, batchSize);
        for (int i = 0; i < batches.count(); i++) {
            batches.fill(i, batch);
            input.read(batch);
            model.embed(engine, input, kept, Dropout.EVALUATION);
            model.forward(engine, kept, Dropout.EVALUATION);
            for (int b = 0; b < batch.size(); b++) {
                double negative = kept.logits()[SentimentModel.CLASSES * b];
                double positive = kept.logits()[SentimentModel.CLASSES * b + 1];
                probabilities[batch.indices()[b]] = (float) (1 / (1 + StrictMath.exp(negative - positive)));
            }
        }
        return probabilities;
    }

    /**
     * Counts right and wrong answers.
     *
     * @param reviews the reviews with their labels
     * @return counts and mean loss
     */
    public ClassificationResult result(EncodedSet reviews) {
        int[] labels = new int[reviews.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = reviews.get(i).label();
        }
        return ClassificationResult.of(labels, probabilities(reviews));
    }
}
