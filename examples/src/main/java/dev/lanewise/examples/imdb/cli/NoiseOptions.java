package dev.lanewise.examples.imdb.cli;

import dev.lanewise.examples.imdb.model.ModelConfig;
import dev.lanewise.examples.imdb.training.Regularization;
import dev.lanewise.examples.imdb.training.TrainingSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options of {@code train} that keep it from learning reviews by heart: all that is left out or moved at random. */
@Command
final class NoiseOptions {

    private static final ModelConfig MODEL = TrainingSettings.DEFAULT.model();
    private static final Regularization DEFAULT = TrainingSettings.DEFAULT.regularization();

    /** With more left out than this nothing is learned. */
    private static final double MAX_CHANCE = 0.95;

    @Option(names = "--dropout", paramLabel = "P",
            description = "Share of elements dropped inside the encoder (default: ${DEFAULT-VALUE}).")
    private double dropout = MODEL.dropout();

    @Option(names = "--input-dropout", paramLabel = "P",
            description = "Share of elements dropped of embeddings (default: ${DEFAULT-VALUE}).")
    private double inputDropout = MODEL.inputDropout();

    @Option(names = "--head-dropout", paramLabel = "P",
            description = "Share of elements dropped before the last layer (default: ${DEFAULT-VALUE}).")
    private double headDropout = MODEL.headDropout();

    @Option(names = "--segment-dropout", paramLabel = "P",
            description = "Share of 16-word segments left out (default: ${DEFAULT-VALUE}).")
    private double segmentDropout = DEFAULT.segmentDropout();

    @Option(names = "--word-dropout", paramLabel = "P",
            description = "Share of words left out (default: ${DEFAULT-VALUE}).")
    private double wordDropout = DEFAULT.wordDropout();

    @Option(names = "--ngram-dropout", paramLabel = "P",
            description = "Share of pairs and triples left out (default: ${DEFAULT-VALUE}).")
    private double ngramDropout = DEFAULT.ngramDropout();

    @Option(names = "--adversarial", paramLabel = "X",
            description = "Length of the adversarial step on embeddings; 0 for none, which is faster (default: "
                    + "${DEFAULT-VALUE}).")
    private double adversarial = DEFAULT.adversarial();

    double dropout(Ranges ranges) {
        return ranges.check("--dropout", dropout, 0, MAX_CHANCE);
    }

    double inputDropout(Ranges ranges) {
        return ranges.check("--input-dropout", inputDropout, 0, MAX_CHANCE);
    }

    double headDropout(Ranges ranges) {
        return ranges.check("--head-dropout", headDropout, 0, MAX_CHANCE);
    }

    Regularization regularization(Ranges ranges) {
        return new Regularization(
                ranges.check("--segment-dropout", segmentDropout, 0, MAX_CHANCE),
                ranges.check("--word-dropout", wordDropout, 0, MAX_CHANCE),
                ranges.check("--ngram-dropout", ngramDropout, 0, MAX_CHANCE),
                ranges.check("--adversarial", adversarial, 0, 10),
                DEFAULT.adversarialStart());
    }
}
