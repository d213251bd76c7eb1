package dev.lanewise.examples.imdb.cli;

import dev.lanewise.examples.imdb.model.ModelConfig;
import dev.lanewise.examples.imdb.report.ClassificationResult;
import dev.lanewise.examples.imdb.report.Environment;
import dev.lanewise.examples.imdb.report.Metrics;
import dev.lanewise.examples.imdb.training.TrainingSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code imdb train}: from reviews to a result folder. */
@Command(name = "train",
        description = "Train a classifier from scratch, test it and write model, figures and pictures.",
        sortOptions = false)
final class TrainCommand implements Callable<Integer> {

    private static final int MAX_BATCH = 1 << 16;
    private static final TrainingSettings DEFAULT = TrainingSettings.DEFAULT;

    @ParentCommand
    private Imdb program;

    @Option(names = "--data", paramLabel = "PATH",
            description = "Reviews: \"IMDB Dataset.csv\" (.gz too), the folder aclImdb or its .tar.gz, or a folder that "
                    + "holds one of these. Without it the usual places are searched, then Stanford's archive is "
                    + "downloaded, and without a network a synthetic corpus is used.")
    private Path data;

    @Option(names = "--out", paramLabel = "DIR", description = "Result folder (default: ${DEFAULT-VALUE}).")
    private Path out = Imdb.DEFAULT_RUN;

    @Option(names = "--seed", paramLabel = "N",
            description = "Decides split, first weights, order and dropout (default: ${DEFAULT-VALUE}).")
    private long seed = DEFAULT.model().seed();

    @Option(names = "--epochs", paramLabel = "N",
            description = "Passes over the training part at most (default: ${DEFAULT-VALUE}).")
    private int epochs = DEFAULT.epochs();

    @Option(names = "--patience", paramLabel = "N",
            description = "Passes without a better validation loss before it stops (default: ${DEFAULT-VALUE}).")
    private int patience = DEFAULT.patience();

    @Option(names = "--batch-size", paramLabel = "N", description = "Reviews in a step (default: ${DEFAULT-VALUE}).")
    private int batchSize = DEFAULT.batchSize();

    @Option(names = "--learning-rate", paramLabel = "X",
            description = "Highest rate of the schedule (default: ${DEFAULT-VALUE}).")
    private double learningRate = DEFAULT.learningRate();

    @Option(names = "--row-learning-rate", paramLabel = "X",
            description = "The same for embeddings (default: ${DEFAULT-VALUE}).")
    private double rowLearningRate = DEFAULT.rowLearningRate();

    @Option(names = "--weight-decay", paramLabel = "X",
            description = "Decoupled decay of the matrices (default: ${DEFAULT-VALUE}).")
    private double weightDecay = DEFAULT.weightDecay();

    @Option(names = "--clip-norm", paramLabel = "X",
            description = "Highest norm of the gradient (default: ${DEFAULT-VALUE}).")
    private double clipNorm = DEFAULT.clipNorm();

    @Option(names = "--model-dim", paramLabel = "N",
            description = "Width of embeddings and encoder (default: ${DEFAULT-VALUE}).")
    private int modelDim = DEFAULT.model().modelDim();

    @Option(names = "--heads", paramLabel = "N", description = "Attention heads (default: ${DEFAULT-VALUE}).")
    private int heads = DEFAULT.model().heads();

    @Option(names = "--layers", paramLabel = "N", description = "Encoder blocks (default: ${DEFAULT-VALUE}).")
    private int layers = DEFAULT.model().layers();

    @Option(names = "--feed-forward", paramLabel = "N",
            description = "Inner width of the feed-forward part (default: ${DEFAULT-VALUE}).")
    private int feedForward = DEFAULT.model().feedForward();

    @Option(names = "--group", paramLabel = "N",
            description = "Neighbouring tokens summed up before the encoder; 1 for none (default: ${DEFAULT-VALUE}).")
    private int group = DEFAULT.model().group();

    @Mixin
    private NoiseOptions noise;

    @Option(names = "--max-length", paramLabel = "N",
            description = "Tokens read of a review; longer ones lose their middle (default: ${DEFAULT-VALUE}).")
    private int maxLength = DEFAULT.model().maxLength();

    @Option(names = "--vocabulary", paramLabel = "N",
            description = "Words with an embedding of their own (default: ${DEFAULT-VALUE}).")
    private int vocabulary = DEFAULT.vocabulary();

    @Option(names = "--ngrams", paramLabel = "N",
            description = "Pairs and triples of words that stand in N or more training reviews get embeddings of their own; 0 for "
                    + "words only (default: ${DEFAULT-VALUE}).")
    private int ngrams = DEFAULT.model().ngramDocuments();

    @Option(names = "--limit", paramLabel = "N",
            description = "Use at most N reviews of each part, for a quick try; 0 for all (default: ${DEFAULT-VALUE}).")
    private int limit = DEFAULT.limit();

    @Option(names = "--skip-bad-rows", description = "Leave broken rows out and count them instead of stopping.")
    private boolean skipBadRows;

    @Option(names = "--no-pictures", description = "Write no pictures.")
    private boolean noPictures;

    @Mixin
    private Common common;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        RunSettings settings = new RunSettings(Optional.ofNullable(data), skipBadRows, common.threads(), settings());
        RunFolder folder = new RunFolder(out);
        folder.prepare(program.err()::println);
        RunResult result = program.operations().train(settings, program.listener());
        double seconds = (System.nanoTime() - start) / 1e9;
        Environment environment = Environment.of(
                Instant.now(),
                result.engine().implementation().name(),
                result.engine().vectorBits(),
                result.engine().threads());
        Metrics metrics = Metrics.of(
                settings.training(), result.data(), result.epochs(), result.bestEpoch(), result.test(), seconds,
                environment);
        // Before anything is written: if that fails, the figures of a long training are not lost with it.
        print(result, seconds);
        for (Path path : folder.write(result, metrics, !noPictures, program.err()::println)) {
            program.out().println("  " + path);
        }
        return Imdb.OK;
    }

    private TrainingSettings settings() {
        Ranges ranges = common.ranges();
        ranges.check("--model-dim", modelDim, 1, ModelConfig.MAX_WIDTH);
        ranges.check("--heads", heads, 1, modelDim);
        if (modelDim % heads != 0) {
            throw ranges.refusal("--heads " + heads + " does not divide --model-dim " + modelDim
                    + ": give a divisor of it");
        }
        ranges.check("--layers", layers, 1, ModelConfig.MAX_LAYERS);
        ranges.check("--feed-forward", feedForward, 1, ModelConfig.MAX_WIDTH);
        long weights = ModelConfig.weights(modelDim, layers, feedForward);
        if (weights > ModelConfig.MAX_WEIGHTS) {
            throw ranges.refusal(String.format(
                    Locale.ROOT,
                    "--model-dim %d, --layers %d and --feed-forward %d make %,d weights, and %,d fit: lower one of them",
                    modelDim,
                    layers,
                    feedForward,
                    weights,
                    ModelConfig.MAX_WEIGHTS));
        }
        ModelConfig model = new ModelConfig(
                seed,
                modelDim,
                heads,
                layers,
                feedForward,
                ranges.check("--max-length", maxLength, ModelConfig.MIN_LENGTH, ModelConfig.MAX_LENGTH),
                ranges.check("--ngrams", ngrams, 0, Integer.MAX_VALUE),
                ranges.check("--group", group, 1, ModelConfig.MAX_GROUP),
                noise.dropout(ranges),
                noise.inputDropout(ranges),
                noise.headDropout(ranges));
        return new TrainingSettings(
                ranges.check("--epochs", epochs, 1, 10_000),
                ranges.check("--patience", patience, 1, 10_000),
                ranges.check("--batch-size", batchSize, 1, MAX_BATCH),
                ranges.check("--learning-rate", learningRate, 1e-9, 10),
                ranges.check("--row-learning-rate", rowLearningRate, 1e-9, 10),
                DEFAULT.warmUp(),
                ranges.check("--weight-decay", weightDecay, 0, 1),
                ranges.check("--clip-norm", clipNorm, 1e-6, 1e6),
                ranges.check("--vocabulary", vocabulary, 1, 2_000_000),
                ranges.check("--limit", limit, 0, Integer.MAX_VALUE),
                noise.regularization(ranges),
                model);
    }

    private void print(RunResult result, double seconds) {
        PrintWriter to = program.out();
        ClassificationResult test = result.test();
        to.println(String.format(
                Locale.ROOT,
                "Test accuracy %.2f %% (+- %.2f) on %,d reviews, F1 %.4f, weights of epoch %d, %.0f s in all",
                100 * test.accuracy(),
                100 * test.standardError(),
                test.reviews(),
                test.f1(),
                result.bestEpoch(),
                seconds));
        to.flush();
    }
}
