package dev.lanewise.examples.imdb.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lanewise.examples.imdb.AtomicFiles;
import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.training.EpochResult;
import dev.lanewise.examples.imdb.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The content of {@value #FILE_NAME}: everything a run was asked for and everything it led to. All that may differ between
 * two runs of the same settings and seed is named {@code seconds} or stands below {@code environment}.
 *
 * @param format names the format
 * @param version its version
 * @param settings what the run was asked for, the seed among it
 * @param data what it was fed with
 * @param epochs the training's passes in order
 * @param bestEpoch the pass whose weights were kept
 * @param test the final figures
 * @param seconds time of the whole run
 * @param environment where and how the run was made
 */
@JsonPropertyOrder({"format", "version", "settings", "data", "epochs", "bestEpoch", "test", "seconds", "environment"})
public record Metrics(
        String format,
        int version,
        TrainingSettings settings,
        DataCounts data,
        List<EpochResult> epochs,
        int bestEpoch,
        TestFigures test,
        double seconds,
        Environment environment) {

    /** Name of the file in a run's result folder. */
    public static final String FILE_NAME = "metrics.json";

    private static final String FORMAT = "lanewise-imdb-metrics";
    private static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /**
     * The figures of the test part, spelt out for readers that do not compute.
     *
     * @param reviews reviews asked for
     * @param accuracy right answers / all answers
     * @param standardError of the accuracy
     * @param loss mean cross-entropy in nats
     * @param precision of "positive"
     * @param recall of "positive"
     * @param f1 of "positive"
     * @param confusionMatrix the four counts
     */
    public record TestFigures(
            long reviews,
            double accuracy,
            double standardError,
            double loss,
            double precision,
            double recall,
            double f1,
            ConfusionMatrix confusionMatrix) {

        /**
         * Spells a result out.
         *
         * @param result the counts
         * @return the figures
         */
        public static TestFigures of(ClassificationResult result) {
            return new TestFigures(
                    result.reviews(),
                    result.accuracy(),
                    result.standardError(),
                    result.loss(),
                    result.precision(),
                    result.recall(),
                    result.f1(),
                    new ConfusionMatrix(
                            result.trueNegatives(),
                            result.falsePositives(),
                            result.falseNegatives(),
                            result.truePositives()));
        }
    }

    /**
     * Counts of answers.
     *
     * @param trueNegatives negative reviews called negative
     * @param falsePositives negative reviews called positive
     * @param falseNegatives positive reviews called negative
     * @param truePositives positive reviews called positive
     */
    public record ConfusionMatrix(
            long trueNegatives, long falsePositives, long falseNegatives, long truePositives) {}

    /**
     * Gathers a run's figures.
     *
     * @param settings what the run was asked for
     * @param data what it was fed with
     * @param epochs the training's passes in order
     * @param bestEpoch the pass whose weights were kept
     * @param test the answers on the test part
     * @param seconds time of the whole run
     * @param environment where and how the run was made
     * @return the figures
     */
    public static Metrics of(
            TrainingSettings settings,
            DataCounts data,
            List<EpochResult> epochs,
            int bestEpoch,
            ClassificationResult test,
            double seconds,
            Environment environment) {
        return new Metrics(
                FORMAT,
                VERSION,
                settings,
                data,
                List.copyOf(epochs),
                bestEpoch,
                TestFigures.of(test),
                seconds,
                environment);
    }

    /**
     * Writes the figures as JSON, whole or not at all.
     *
     * @param file the file to create or replace
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        byte[] json = JSON.writeValueAsBytes(this);
        AtomicFiles.write(file, out -> {
            out.write(json);
            out.write('\n');
        });
    }

    /**
     * Reads figures back.
     *
     * @param file a file that {@link #write} made
     * @return the figures
     * @throws ImdbException if it is no such file
     * @throws IOException if it cannot be read
     */
    public static Metrics read(Path file) throws IOException {
        Metrics metrics;
        try {
            metrics = JSON.readValue(file.toFile(), Metrics.class);
        } catch (JsonProcessingException e) {
            throw new ImdbException(file + ": is not the metrics file of a run; name one that train wrote", e);
        }
        if (!FORMAT.equals(metrics.format()) || metrics.version() != VERSION) {
            throw new ImdbException(file + ": has format " + metrics.format() + " version " + metrics.version()
                    + ", expected " + FORMAT + " version " + VERSION + "; name a file that this version wrote");
        }
        return metrics;
    }

    /**
     * The figures without those that depend on time and machine: equal for two runs of the same settings and seed.
     *
     * @return a JSON tree
     */
    public JsonNode reproducible() {
        ObjectNode root = JSON.valueToTree(this);
        root.remove(List.of("seconds", "environment"));
        root.get("epochs").forEach(epoch -> ((ObjectNode) epoch).remove("seconds"));
        return root;
    }
}
