package dev.lanewise.examples.imdb.cli;

import dev.lanewise.EngineInfo;
import dev.lanewise.Implementation;
import dev.lanewise.examples.imdb.data.SeenTexts;
import dev.lanewise.examples.imdb.model.ModelFolder;
import dev.lanewise.examples.imdb.model.SavedModel;
import dev.lanewise.examples.imdb.model.Tensor;
import dev.lanewise.examples.imdb.report.ClassificationResult;
import dev.lanewise.examples.imdb.report.DataCounts;
import dev.lanewise.examples.imdb.report.WordCount;
import dev.lanewise.examples.imdb.text.NGramVocabulary;
import dev.lanewise.examples.imdb.text.Vocabulary;
import dev.lanewise.examples.imdb.training.EpochResult;
import dev.lanewise.examples.imdb.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Operations that compute nothing: a text is positive when it holds "good". */
final class FakeOperations implements Operations {

    static final ClassificationResult RESULT = new ClassificationResult(40, 10, 5, 45, 0.31);

    RunSettings trained;
    Evaluation evaluated;
    Throwable failure;
    Callable<?> whileTraining = () -> null;
    int leftOut;

    @Override
    public RunResult train(RunSettings settings, TrainingListener listener) throws IOException {
        trained = settings;
        fail();
        listener.note("training");
        try {
            whileTraining.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        Vocabulary vocabulary = Vocabulary.ofWords(List.of("<PAD>", "<UNK>", "good", "film"));
        NGramVocabulary ngrams = settings.training().model().ngramDocuments() > 0
                ? NGramVocabulary.of(List.of(new int[] {2, 3}), vocabulary, 1)
                : null;
        return new RunResult(
                new DataCounts("fake", 80, 20, 100, 40, 50, 0, "nothing skipped", 4),
                List.of(new WordCount("the", 300), new WordCount("film", 200)),
                List.of(new EpochResult(1, 0.6, 0.7, 0.5, 0.8, 1e-3, 80, 1)),
                1,
                RESULT,
                new SavedModel(settings.training().model(), vocabulary, ngrams, SeenTexts.of(),
                        Map.of("w", Tensor.vector(1, 2))),
                new EngineInfo(Implementation.SCALAR, 32, settings.threads(), "25", "the test asked for it"));
    }

    @Override
    public Classifier open(Path model, int threads) throws IOException {
        fail();
        ModelFolder.load(model);
        return new Classifier() {
            @Override
            public float[] probabilities(List<String> texts) {
                float[] probabilities = new float[texts.size()];
                for (int i = 0; i < probabilities.length; i++) {
                    probabilities[i] = texts.get(i).contains("good") ? 0.875f : 0.25f;
                }
                return probabilities;
            }

            @Override
            public Measured evaluate(Evaluation evaluation, TrainingListener listener) {
                evaluated = evaluation;
                return new Measured(RESULT, leftOut);
            }

            @Override
            public void close() {}
        };
    }

    private void fail() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException io -> throw io;
            case RuntimeException runtime -> throw runtime;
            case Error error -> throw error;
            default -> throw new IllegalStateException(failure);
        }
    }
}
