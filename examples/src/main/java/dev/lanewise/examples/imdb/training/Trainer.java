package dev.lanewise.examples.imdb.training;

import dev.lanewise.Engine;
import dev.lanewise.examples.imdb.batch.Batch;
import dev.lanewise.examples.imdb.batch.BatchSize;
import dev.lanewise.examples.imdb.batch.Batches;
import dev.lanewise.examples.imdb.model.SentimentModel;
import dev.lanewise.examples.imdb.report.ClassificationResult;
import dev.lanewise.nn.ParameterTable;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a classifier. Passes over the training part go on until their number is reached or the loss on the validation
 * part has not fallen for some of them; the weights of the best pass are put back. All figures follow from data, settings
 * and seed: threads and repetitions make no difference.
 */
public final class Trainer {

    private final Engine engine;
    private final TrainingSettings settings;
    private final TrainingListener listener;

    /**
     * Prepares a training.
     *
     * @param engine runs it
     * @param settings what decides its figures
     * @param listener follows it
     */
    public Trainer(Engine engine, TrainingSettings settings, TrainingListener listener) {
        this.engine = engine;
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * What a training led to.
     *
     * @param model with the weights of the best pass
     * @param epochs the passes in order
     * @param bestEpoch number of the best, from 1
     */
    public record Outcome(SentimentModel model, List<EpochResult> epochs, int bestEpoch) {}

    /**
     * Trains a new model.
     *
     * @param data training and validation part; the test part is not looked at
     * @return the model and the passes
     * @throws DivergenceException if the loss stops being a finite number
     */
    public Outcome train(PreparedData data) {
        SentimentModel model = new SentimentModel(settings.model(), data.vocabulary(), data.ngrams());
        BatchSize batchSize = BatchSize.ofReviews(settings.batchSize()).withMultiple(settings.model().group());
        long seed = settings.model().seed();
        long stepsPerEpoch = Batches.shuffled(data.train(), batchSize, seed, 0).count();
        int[] rows = model.tables().tables().stream().mapToInt(Trainer::rows).toArray();
        TrainingStep step = new TrainingStep(
                engine, model, settings, ClassRatios.of(data.train(), rows), stepsPerEpoch * settings.epochs());
        Answers answers = new Answers(engine, model);
        Snapshot best = new Snapshot(model);
        List<EpochResult> epochs = new ArrayList<>();
        int bestEpoch = 0;
        double bestLoss = Double.POSITIVE_INFINITY;
        listener.trainingStarted(settings.epochs(), data.train().size());
        for (int epoch = 1; epoch <= settings.epochs() && epoch - bestEpoch <= settings.patience(); epoch++) {
            Batches batches = Batches.shuffled(data.train(), batchSize, seed, epoch - 1);
            EpochResult result = pass(epoch, batches, step, answers, data);
            epochs.add(result);
            boolean better = result.validationLoss() < bestLoss;
            if (better) {
                bestLoss = result.validationLoss();
                bestEpoch = epoch;
                best.take();
            }
            listener.epochDone(result, better);
        }
        if (epochs.size() < settings.epochs()) {
            listener.note("Stopped after epoch " + epochs.size() + ": the validation loss was lowest in epoch "
                    + bestEpoch + ", " + settings.patience() + " ago");
        }
        best.restore();
        return new Outcome(model, List.copyOf(epochs), bestEpoch);
    }

    private EpochResult pass(int epoch, Batches batches, TrainingStep step, Answers answers, PreparedData data) {
        long start = System.nanoTime();
        long firstStep = (long) (epoch - 1) * batches.count();
        Batch batch = new Batch();
        long reviews = 0;
        double lossSum = 0;
        long correct = 0;
        for (int i = 0; i < batches.count(); i++) {
            batches.fill(i, batch);
            double loss = step.run(batch, firstStep + i);
            if (!Double.isFinite(loss)) {
                throw new DivergenceException(epoch, firstStep + i + 1, settings);
            }
            reviews += batch.size();
            lossSum += loss * batch.size();
            correct += step.correct();
            listener.stepDone(epoch, reviews, lossSum / reviews, (double) correct / reviews);
        }
        ClassificationResult validation = answers.result(data.validation());
        return new EpochResult(
                epoch,
                lossSum / reviews,
                (double) correct / reviews,
                validation.loss(),
                validation.accuracy(),
                step.rate(firstStep + batches.count() - 1),
                reviews,
                (System.nanoTime() - start) / 1e9);
    }

    private static int rows(ParameterTable table) {
        return table.parameter().rows();
    }
}
