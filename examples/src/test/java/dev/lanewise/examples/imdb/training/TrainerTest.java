package dev.lanewise.examples.imdb.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.examples.imdb.data.DataSources;
import dev.lanewise.examples.imdb.data.Dataset;
import dev.lanewise.examples.imdb.data.LoadOptions;
import dev.lanewise.examples.imdb.model.ModelConfig;
import dev.lanewise.examples.imdb.report.ClassificationResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole trainings, of small models on a few hundred synthetic reviews. */
class TrainerTest {

    private static final Dataset DATA = DataSources.synthetic(500, LoadOptions.DEFAULT);
    private static final Regularization NOISE = new Regularization(0.2, 0.1, 0.2, 0.02, 0.2);

    private static TrainingSettings settings(int epochs, int patience, double learningRate, long seed) {
        return new TrainingSettings(
                epochs,
                patience,
                16,
                learningRate,
                10 * learningRate,
                0.1,
                0.01,
                1,
                1000,
                0,
                NOISE,
                new ModelConfig(seed, 16, 2, 1, 32, 64, 2, 4, 0.1, 0.1, 0.1));
    }

    private record Run(PreparedData data, Trainer.Outcome outcome, float[] test) {
        /** The passes without their times. */
        List<EpochResult> figures() {
            return outcome.epochs().stream()
                    .map(e -> new EpochResult(
                            e.epoch(), e.trainLoss(), e.trainAccuracy(), e.validationLoss(), e.validationAccuracy(),
                            e.learningRate(), e.reviews(), 0))
                    .toList();
        }
    }

    private static Run run(TrainingSettings settings, int threads, TrainingListener listener) {
        return run(DATA, settings, threads, listener);
    }

    private static Run run(Dataset reviews, TrainingSettings settings, int threads, TrainingListener listener) {
        PreparedData data = PreparedData.of(reviews, settings, listener);
        try (Engine engine = Engine.builder().threads(threads).build()) {
            Trainer.Outcome outcome = new Trainer(engine, settings, listener).train(data);
            return new Run(data, outcome, new Answers(engine, outcome.model()).probabilities(data.test()));
        }
    }

    @Test
    void learnsWhatWordsAloneDoNotTell() {
        TrainingSettings settings = settings(12, 12, 3e-3, 1);
        Dataset reviews = DataSources.synthetic(1500, LoadOptions.DEFAULT);
        Run run = run(reviews, settings, 2, TrainingListener.SILENT);
        List<EpochResult> epochs = run.outcome().epochs();
        assertTrue(epochs.getLast().trainLoss() < epochs.getFirst().trainLoss() / 2, epochs::toString);
        try (Engine engine = Engine.serial()) {
            ClassificationResult test = new Answers(engine, run.outcome().model()).result(run.data().test());
            assertTrue(test.accuracy() > 0.85, test::toString);
        }
    }

    @Test
    void threadsAndRepetitionsMakeNoDifferenceAndTheSeedDoes() {
        Run one = run(settings(2, 2, 1e-3, 1), 1, TrainingListener.SILENT);
        for (int threads : new int[] {1, 2, 3}) {
            Run again = run(settings(2, 2, 1e-3, 1), threads, TrainingListener.SILENT);
            assertEquals(one.figures(), again.figures());
            assertArrayEquals(one.test(), again.test(), 0f);
        }
        Run other = run(settings(2, 2, 1e-3, 2), 1, TrainingListener.SILENT);
        assertNotEquals(one.figures().getFirst().trainLoss(), other.figures().getFirst().trainLoss());
    }

    @Test
    void stopsWhenTheValidationLossDoesNotFallAndGoesBackToTheBestPass() {
        List<String> notes = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void note(String line) {
                notes.add(line);
            }
        };
        // A rate at which weights jump about: the loss soon rises.
        Run run = run(settings(30, 2, 0.05, 1), 2, listener);
        List<EpochResult> epochs = run.outcome().epochs();
        int best = run.outcome().bestEpoch();
        assertEquals(best + 2, epochs.size(), epochs::toString);
        assertTrue(epochs.size() < 30);
        for (EpochResult epoch : epochs) {
            assertTrue(epoch.validationLoss() >= epochs.get(best - 1).validationLoss());
        }
        assertTrue(notes.getLast().contains("lowest in epoch " + best), notes::toString);
        try (Engine engine = Engine.serial()) {
            double restored = new Answers(engine, run.outcome().model()).result(run.data().validation()).loss();
            assertEquals(epochs.get(best - 1).validationLoss(), restored, 1e-6);
        }
    }

    @Test
    void lossThatIsNoNumberStopsWithAdvice() {
        DivergenceException stopped = assertThrows(
                DivergenceException.class, () -> run(settings(2, 2, 1e37, 1), 2, TrainingListener.SILENT));
        assertTrue(stopped.getMessage().contains("epoch 1, step "), stopped.getMessage());
        assertTrue(stopped.getMessage().contains("lower --learning-rate (now 1.0E37)"), stopped.getMessage());
    }
}
