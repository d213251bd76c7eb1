package dev.lanewise.examples.imdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lanewise.examples.imdb.data.DataSources;
import dev.lanewise.examples.imdb.data.Dataset;
import dev.lanewise.examples.imdb.data.DatasetLoader;
import dev.lanewise.examples.imdb.data.LoadOptions;
import dev.lanewise.examples.imdb.data.Review;
import dev.lanewise.examples.imdb.report.Metrics;
import dev.lanewise.examples.imdb.training.TrainingListener;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as its user has it, engine and all, on a few hundred synthetic reviews. */
class ImdbTrainingTest {

    private static final Dataset REVIEWS = DataSources.synthetic(400, LoadOptions.DEFAULT);

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void trainsEvaluatesAndPredicts() throws IOException {
        Path csv = csv(lines());
        Path run = folder.resolve("run");
        assertEquals(0, train(csv, run, "1"), err::toString);
        Metrics metrics = Metrics.read(run.resolve("metrics.json"));
        assertEquals(80, metrics.data().test());
        assertTrue(metrics.test().accuracy() > 0.7, () -> metrics.test().toString());
        assertTrue(Files.exists(run.resolve("loss.png")));

        // The saved model answers as the one in memory did.
        out.getBuffer().setLength(0);
        assertEquals(0, run("evaluate", "--model", run.toString(), "--data", csv.toString(), "--json"), err::toString);
        ObjectNode figures = (ObjectNode) new ObjectMapper().readTree(out.toString());
        assertEquals(0, figures.remove("leftOut").intValue());
        assertEquals(new ObjectMapper().valueToTree(metrics.test()).toString(), figures.toString());

        out.getBuffer().setLength(0);
        assertEquals(0, run("predict", "--model", run.toString(), "--json", "I loved it.", "A dull and awful mess."),
                err::toString);
        assertEquals(2, out.toString().lines().count());

        evaluatesOnNothingThatTheTrainingHasSeen(csv, run);

        Path again = folder.resolve("again");
        assertEquals(0, train(csv, again, "2"), err::toString);
        assertEquals(metrics.reproducible(), Metrics.read(again.resolve("metrics.json")).reproducible());
        for (String file : List.of("config.json", "vocabulary.txt", "ngrams.txt", "seen-texts.bin",
                "model.safetensors")) {
            assertEquals(
                    -1, Files.mismatch(run.resolve("model").resolve(file), again.resolve("model").resolve(file)), file);
        }
    }

    /** Other sources are split anew, and so across the parts of the training. */
    private void evaluatesOnNothingThatTheTrainingHasSeen(Path csv, Path run) throws IOException {
        Dataset data = DatasetLoader.load(csv, LoadOptions.DEFAULT);
        Path mixed = Files.write(folder.resolve("mixed.csv"), lines(data.validation(), data.test()));
        Dataset split = DatasetLoader.load(mixed, LoadOptions.DEFAULT);
        Set<String> unseen = new HashSet<>(split.test().stream().map(Review::text).toList());
        unseen.retainAll(data.test().stream().map(Review::text).toList());
        out.getBuffer().setLength(0);
        assertEquals(0, run("evaluate", "--model", run.toString(), "--data", mixed.toString(), "--json"),
                err::toString);
        JsonNode figures = new ObjectMapper().readTree(out.toString());
        assertEquals(unseen.size(), figures.get("reviews").intValue());
        assertEquals(split.test().size() - unseen.size(), figures.get("leftOut").intValue());
        assertTrue(figures.get("leftOut").intValue() > 0, out::toString);

        Path learned = Files.write(folder.resolve("learned.csv"), lines(data.train(), data.validation()));
        assertEquals(2, run("evaluate", "--model", run.toString(), "--data", learned.toString()), out::toString);
        assertTrue(err.toString().contains("learned.csv: the training has seen all"), err::toString);
        err.getBuffer().setLength(0);
    }

    @Test
    void brokenDataIsOneLineAndLeavesNoModel() throws IOException {
        List<String> lines = lines();
        lines.set(7, "\"no end,positive");
        assertMistake(csv(lines), "reviews.csv", "line 8");
        lines = lines();
        lines.set(3, "Not bad.,splendid");
        assertMistake(csv(lines), "reviews.csv", "line 4", "splendid");
        assertMistake(Files.createFile(folder.resolve("empty.csv")), "empty.csv", "empty");
        assertMistake(cutArchive(), "cut.tar.gz");
        assertMistake(folder.resolve("nowhere.csv"), "nowhere.csv", "check the path");
    }

    @Test
    void divergedTrainingIsOneLineAndLeavesNoModel() throws IOException {
        Path run = folder.resolve("run");
        // A decay of ten times the weight in each step: its size grows ninefold.
        assertEquals(
                2,
                run("train", "--data", csv(lines()).toString(), "--out", run.toString(), "--learning-rate", "10",
                        "--weight-decay", "1", "--epochs", "10", "--model-dim", "8", "--heads", "2"),
                err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertTrue(err.toString().contains("not a finite number"), err::toString);
        assertTrue(err.toString().contains("--learning-rate (now 10.0)"), err::toString);
        assertFalse(Files.exists(run.resolve("model")));
        assertFalse(Files.exists(run.resolve("metrics.json")));
    }

    private void assertMistake(Path data, String... parts) throws IOException {
        Path run = folder.resolve("broken");
        err.getBuffer().setLength(0);
        assertEquals(2, train(data, run, "1"), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
        for (String part : parts) {
            assertTrue(err.toString().contains(part), err::toString);
        }
        assertFalse(Files.exists(run.resolve("model")));
        assertFalse(Files.exists(run.resolve("metrics.json")));
    }

    private int train(Path data, Path run, String threads) {
        return run("train", "--data", data.toString(), "--out", run.toString(), "--threads", threads, "--epochs", "8",
                "--batch-size", "16", "--learning-rate", "0.003", "--row-learning-rate", "0.03", "--model-dim", "16",
                "--heads", "2", "--feed-forward", "32", "--max-length", "64", "--ngrams", "2");
    }

    private int run(String... args) {
        Imdb.Surroundings surroundings = new Imdb.Surroundings(
                new ByteArrayInputStream(new byte[0]),
                new PrintWriter(out),
                new PrintWriter(err),
                false,
                TrainingListener.SILENT);
        return Imdb.run(new ImdbOperations(), surroundings, args);
    }

    private static List<String> lines() {
        return lines(REVIEWS.train(), REVIEWS.validation(), REVIEWS.test());
    }

    @SafeVarargs
    private static List<String> lines(List<Review>... parts) {
        List<String> lines = new ArrayList<>(List.of("review,sentiment"));
        for (List<Review> part : parts) {
            for (Review review : part) {
                lines.add('"' + review.text().replace("\"", "\"\"") + "\","
                        + (review.positive() ? "positive" : "negative"));
            }
        }
        return lines;
    }

    private Path csv(List<String> lines) throws IOException {
        return Files.write(folder.resolve("reviews.csv"), lines);
    }

    private Path cutArchive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (String line : lines()) {
                gzip.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] all = bytes.toByteArray();
        return Files.write(folder.resolve("cut.tar.gz"), Arrays.copyOf(all, all.length / 2));
    }
}
