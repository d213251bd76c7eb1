package dev.lanewise.examples.imdb.cli;

import dev.lanewise.Engine;
import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.data.DataSources;
import dev.lanewise.examples.imdb.data.Dataset;
import dev.lanewise.examples.imdb.data.DatasetLoader;
import dev.lanewise.examples.imdb.data.LoadOptions;
import dev.lanewise.examples.imdb.data.Review;
import dev.lanewise.examples.imdb.data.SeenTexts;
import dev.lanewise.examples.imdb.model.ModelFolder;
import dev.lanewise.examples.imdb.model.SavedModel;
import dev.lanewise.examples.imdb.model.SentimentModel;
import dev.lanewise.examples.imdb.report.ClassificationResult;
import dev.lanewise.examples.imdb.text.TextEncoder;
import dev.lanewise.examples.imdb.text.Tokenizer;
import dev.lanewise.examples.imdb.training.Answers;
import dev.lanewise.examples.imdb.training.PreparedData;
import dev.lanewise.examples.imdb.training.Trainer;
import dev.lanewise.examples.imdb.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The verbs' work: data, engine, training and model put together. */
final class ImdbOperations implements Operations {

    @Override
    public RunResult train(RunSettings settings, TrainingListener listener) throws IOException {
        try (Engine engine = EngineStart.start(settings.threads(), listener)) {
            Dataset data = load(settings.data(), settings.training().model().seed(), settings.skipBadRows(), listener);
            PreparedData prepared = PreparedData.of(data, settings.training(), listener);
            Trainer.Outcome outcome = new Trainer(engine, settings.training(), listener).train(prepared);
            ClassificationResult test = new Answers(engine, outcome.model()).result(prepared.test());
            SavedModel saved = new SavedModel(
                    settings.training().model(),
                    prepared.vocabulary(),
                    prepared.ngrams(),
                    prepared.seen(),
                    outcome.model().tensors());
            return new RunResult(
                    prepared.counts(),
                    prepared.topWords(),
                    outcome.epochs(),
                    outcome.bestEpoch(),
                    test,
                    saved,
                    engine.info());
        }
    }

    @Override
    public Classifier open(Path model, int threads) throws IOException {
        SavedModel saved = ModelFolder.load(model);
        SentimentModel loaded = SentimentModel.of(saved);
        return new LoadedClassifier(EngineStart.start(threads, TrainingListener.SILENT), saved, loaded);
    }

    private static Dataset load(Optional<Path> path, long seed, boolean skipBadRows, TrainingListener listener) {
        LoadOptions options = LoadOptions.DEFAULT.withSeed(seed).withSkipBadRows(skipBadRows);
        return path.isPresent()
                ? DatasetLoader.load(path.get(), options)
                : new DataSources().open(options, listener::note, listener::downloaded);
    }

    private static final class LoadedClassifier implements Classifier {
        private final Engine engine;
        private final SentimentModel model;
        private final TextEncoder encoder;
        private final SeenTexts seen;

        LoadedClassifier(Engine engine, SavedModel saved, SentimentModel model) {
            this.engine = engine;
            this.model = model;
            encoder = new TextEncoder(
                    new Tokenizer(), saved.vocabulary(), saved.ngrams(), saved.config().maxLength());
            seen = saved.seen();
        }

        @Override
        public float[] probabilities(List<String> texts) {
            List<Review> reviews = texts.stream().map(text -> new Review(text, false, "", "")).toList();
            return new Answers(engine, model).probabilities(encoder.encodeAll(reviews));
        }

        @Override
        public Measured evaluate(Evaluation evaluation, TrainingListener listener) {
            Dataset data = load(evaluation.data(), model.config().seed(), evaluation.skipBadRows(), listener);
            List<Review> reviews = switch (evaluation.part()) {
                case TRAIN -> data.train();
                case VALIDATION -> data.validation();
                case TEST -> unseen(data);
            };
            int leftOut = evaluation.part() == Part.TEST ? data.test().size() - reviews.size() : 0;
            return new Measured(new Answers(engine, model).result(encoder.encodeAll(reviews)), leftOut);
        }

        /** The seed splits the source of the training as then, but any other source across the parts of then. */
        private List<Review> unseen(Dataset data) {
            List<Review> unseen = seen.unseen(data.test());
            if (unseen.isEmpty()) {
                throw new ImdbException(data.source() + ": the training has seen all " + data.test().size()
                        + " reviews of the test part; name others with --data");
            }
            return unseen;
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
