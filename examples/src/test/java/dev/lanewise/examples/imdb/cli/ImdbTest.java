package dev.lanewise.examples.imdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.model.ModelFolder;
import dev.lanewise.examples.imdb.report.Metrics;
import dev.lanewise.examples.imdb.training.TrainingListener;
import dev.lanewise.examples.imdb.training.TrainingSettings;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImdbTest {

    @TempDir
    Path folder;

    private final FakeOperations operations = new FakeOperations();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private byte[] in = new byte[0];
    private boolean interactive;

    @Test
    void trainWritesModelFiguresAndPictures() throws IOException {
        Path run = folder.resolve("run");
        assertEquals(0, run("train", "--out", run.toString(), "--seed", "7", "--threads", "2"), err::toString);

        assertEquals(7, ModelFolder.load(run).config().seed());
        Metrics metrics = Metrics.read(run.resolve("metrics.json"));
        assertEquals(0.85, metrics.test().accuracy());
        assertEquals(7, metrics.settings().model().seed());
        assertEquals(2, metrics.environment().threads());
        for (String picture : List.of("top-words", "loss", "accuracy", "confusion-matrix")) {
            assertTrue(Files.size(run.resolve(picture + ".png")) > 1000, picture);
            assertTrue(Files.size(run.resolve(picture + ".svg")) > 1000, picture);
        }
        assertTrue(out.toString().startsWith("Test accuracy 85.00 % (+- 3.57) on 100 reviews, F1 0.8571"),
                out::toString);
        assertTrue(out.toString().contains(run.resolve("loss.svg").toString()), out::toString);
    }

    @Test
    void trainWithoutPicturesWritesNone() throws IOException {
        assertEquals(0, run("train", "--out", folder.toString(), "--no-pictures"), err::toString);
        try (var files = Files.list(folder)) {
            assertEquals(
                    List.of("metrics.json", "model"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void noPictureOfAnOlderRunIsLeft() throws IOException {
        assertEquals(0, run("train", "--out", folder.toString()), err::toString);
        Path own = Files.writeString(folder.resolve("notes.png"), "drawn by hand");
        assertTrue(Files.exists(folder.resolve("loss.png")));
        assertEquals(0, run("train", "--out", folder.toString(), "--no-pictures"), err::toString);
        try (var files = Files.list(folder)) {
            assertEquals(
                    List.of("metrics.json", "model", "notes.png"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertEquals("drawn by hand", Files.readString(own));
    }

    @Test
    void optionsReachTheTraining() {
        run("train", "--out", folder.toString(), "--data", "reviews.csv", "--epochs", "3", "--batch-size", "8",
                "--learning-rate", "0.01", "--model-dim", "32", "--heads", "8", "--layers", "2", "--feed-forward", "48",
                "--group", "2", "--dropout", "0.3", "--input-dropout", "0.1", "--head-dropout", "0.5",
                "--segment-dropout", "0.15", "--word-dropout", "0.25", "--ngram-dropout", "0.35", "--adversarial", "0",
                "--row-learning-rate", "0.02", "--max-length", "128", "--vocabulary", "1000", "--ngrams", "0",
                "--limit", "50",
                "--skip-bad-rows", "--no-pictures");
        RunSettings settings = operations.trained;
        assertEquals(Path.of("reviews.csv"), settings.data().orElseThrow());
        assertTrue(settings.skipBadRows());
        TrainingSettings training = settings.training();
        assertEquals(3, training.epochs());
        assertEquals(8, training.batchSize());
        assertEquals(0.01, training.learningRate());
        assertEquals(1000, training.vocabulary());
        assertEquals(50, training.limit());
        assertEquals(
                "ModelConfig[seed=42, modelDim=32, heads=8, layers=2, feedForward=48, maxLength=128, ngramDocuments=0, "
                        + "group=2, dropout=0.3, inputDropout=0.1, headDropout=0.5]",
                training.model().toString());
        assertEquals(0.02, training.rowLearningRate());
        assertEquals(
                "Regularization[segmentDropout=0.15, wordDropout=0.25, ngramDropout=0.35, adversarial=0.0, "
                        + "adversarialStart=0.2]",
                training.regularization().toString());
    }

    @Test
    void defaultsAreThoseOfTheTraining() {
        run("train", "--out", folder.toString(), "--no-pictures");
        assertEquals(TrainingSettings.DEFAULT, operations.trained.training());
        assertTrue(operations.trained.data().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "--epochs, 0, from 1 to 10000",
        "--batch-size, -1, from 1 to 65536",
        "--learning-rate, 0, from 1.0E-9 to 10.0",
        "--learning-rate, NaN, from 1.0E-9 to 10.0",
        "--dropout, 1, from 0.0 to 0.95",
        "--heads, 5, does not divide --model-dim 64",
        "--model-dim, 65536, 'make 17,196,646,400 weights, and 1,073,741,824 fit'",
        "--layers, 65, from 1 to 64",
        "--max-length, 3, from 4 to 65536",
        "--vocabulary, 0, from 1 to 2000000",
        "--threads, 0, from 1 to 1024",
        "--limit, -5, from 0",
        "--epochs, many, is not an int",
    })
    void valueOutOfRangeIsRefusedInOneLineWithTheRange(String option, String value, String part) {
        assertEquals(2, run("train", "--out", folder.toString(), option, value));
        assertOneLine(option, part, "imdb train --help");
        assertEquals(null, operations.trained);
    }

    @Test
    void mistypedOptionGetsASuggestion() {
        assertEquals(2, run("train", "--epoch", "3"));
        assertOneLine("'--epoch'", "did you mean --epochs", "imdb train --help");
    }

    @Test
    void unknownVerbAndNoVerbAreMistakes() {
        assertEquals(2, run("trian"));
        assertOneLine("trian", "imdb --help");
        err.getBuffer().setLength(0);
        assertEquals(2, run());
        assertOneLine("train, evaluate or predict");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "evaluate", "predict"})
    void helpShowsOptionsWithTheirDefaults(String verb) {
        assertEquals(0, run(verb, "--help"));
        String help = out.toString();
        assertTrue(help.contains("--threads") && help.contains("(default: "), help);
        assertTrue(help.contains("runs" + File.separator + "imdb"), help);
        assertFalse(help.contains("${"), help);
        assertEquals("", err.toString());
    }

    @Test
    void versionNamesProgramAndJvm() {
        assertEquals(0, run("--version"));
        assertTrue(out.toString().startsWith("imdb ") && out.toString().contains(Runtime.version().toString()),
                out::toString);
    }

    @Test
    void mistakeOfTheUserIsOneLineWithoutStackTrace() {
        operations.failure = new ImdbException("reviews.csv, line 7: unknown label 'meh'; mend the line");
        assertEquals(2, run("train", "--out", folder.toString()));
        assertEquals("imdb train: reviews.csv, line 7: unknown label 'meh'; mend the line" + System.lineSeparator(),
                err.toString());
    }

    @Test
    void verboseShowsTheStackTraceToo() {
        operations.failure = new ImdbException("broken");
        assertEquals(2, run("train", "--out", folder.toString(), "--verbose"));
        assertTrue(err.toString().contains("\tat "), err::toString);
    }

    @Test
    void failureOfTheFileSystemNamesTheFile() {
        operations.failure = new NoSuchFileException("gone.csv");
        assertEquals(2, run("train", "--out", folder.toString()));
        assertOneLine("gone.csv: no such file");
        err.getBuffer().setLength(0);
        operations.failure = new AccessDeniedException("secret.csv");
        assertEquals(2, run("train", "--out", folder.toString()));
        assertOneLine("secret.csv: permission denied");
    }

    @Test
    void errorOfTheProgramEndsWithOne() {
        operations.failure = new IllegalStateException("lost\nin space");
        assertEquals(1, run("train", "--out", folder.toString()));
        assertOneLine("internal error", "lost in space", "--verbose");
    }

    @Test
    void outputThatCannotBeWrittenIsAMistake() {
        String model = trained();
        for (String verb : List.of("evaluate", "predict")) {
            err.getBuffer().setLength(0);
            in = "good\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
            FullDisk disk = new FullDisk();
            assertEquals(2, run(new PrintWriter(disk), verb, "--model", model));
            assertOneLine("imdb " + verb + ": standard output could not be written");
            assertTrue(disk.writes < 200, verb + " went on for " + disk.writes + " writes");
        }
    }

    @Test
    void errorOfTheJvmIsOneLine() {
        operations.failure = new StackOverflowError();
        assertEquals(1, run("train", "--out", folder.toString()));
        assertOneLine("imdb train: internal error", "StackOverflowError", "--verbose");
    }

    @Test
    void tooLittleMemoryNamesOnlyWhatTheVerbHas() {
        operations.failure = new OutOfMemoryError();
        assertEquals(2, run("train", "--out", folder.toString()));
        assertOneLine("imdb train: not enough memory", "raise -Xmx", "lower --batch-size");
        err.getBuffer().setLength(0);
        assertEquals(2, run("predict", "good"));
        assertOneLine("imdb predict: not enough memory", "raise -Xmx");
        assertFalse(err.toString().contains("--batch-size"), err::toString);
    }

    @Test
    void failedTrainingLeavesTheOldResultsAlone() throws IOException {
        run("train", "--out", folder.toString(), "--no-pictures");
        operations.failure = new ImdbException("not a number");
        assertEquals(2, run("train", "--out", folder.toString(), "--seed", "9"));
        assertEquals(42, ModelFolder.load(folder).config().seed());
    }

    @Test
    void resultFolderIsCheckedBeforeTheTraining() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertEquals(2, run("train", "--out", file.toString()));
        assertOneLine(file + ": is a file", "--out");
        assertEquals(null, operations.trained);

        err.getBuffer().setLength(0);
        Path run = folder.resolve("run");
        Files.createDirectories(run.resolve("model"));
        Files.writeString(run.resolve("model").resolve("thesis.txt"), "years of work");
        assertEquals(2, run("train", "--out", run.toString()));
        assertOneLine("thesis.txt", "--out");
        assertEquals(null, operations.trained);
    }

    @ParameterizedTest
    @ValueSource(strings = {"metrics.json", "loss.png"})
    void folderInTheWayOfAFileIsNoticedBeforeTheTraining(String name) throws IOException {
        Path inTheWay = Files.createDirectory(folder.resolve(name));
        assertEquals(2, run("train", "--out", folder.toString()));
        assertOneLine(inTheWay + ": is a folder where a file is to be written", "--out");
        assertEquals(null, operations.trained);
    }

    @Test
    void figuresArePrintedEvenIfTheModelCannotBeWritten() throws IOException {
        Path model = folder.resolve("model");
        operations.whileTraining = () -> Files.writeString(Files.createDirectory(model).resolve("x"), "in the way");
        assertEquals(2, run("train", "--out", folder.toString()));
        assertTrue(out.toString().startsWith("Test accuracy 85.00 %"), out::toString);
        assertOneLine(model.toString());

        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Path other = folder.resolve("other");
        Path metrics = other.resolve("metrics.json");
        operations.whileTraining = () -> Files.writeString(Files.createDirectory(metrics).resolve("x"), "in the way");
        assertEquals(2, run("train", "--out", other.toString()));
        assertTrue(out.toString().startsWith("Test accuracy 85.00 %"), out::toString);
        assertOneLine(metrics + ": cannot be written (");
    }

    @Test
    void modelOfARunThatWasEndedWhileSavingIsPutBackBeforeTheTraining() throws IOException {
        run("train", "--out", folder.toString(), "--no-pictures");
        Path model = folder.resolve("model");
        Files.move(model, folder.resolve(".model-999999999999.new.old"));
        operations.failure = new ImdbException("not a number");
        assertEquals(2, run("train", "--out", folder.toString(), "--seed", "9"));
        assertTrue(err.toString().startsWith(model + ": put back; "), err::toString);
        assertEquals(42, ModelFolder.load(folder).config().seed());
    }

    @Test
    void missingModelIsAMistakeThatNamesTheFolder() {
        Path nowhere = folder.resolve("nowhere");
        assertEquals(2, run("predict", "--model", nowhere.toString(), "good"));
        assertOneLine(nowhere.toString(), "train a model first");
    }

    @Test
    void predictPrintsLabelProbabilityAndText() {
        assertEquals(0, run("predict", "--model", trained(), "a good film", "a  bad\nfilm"), err::toString);
        assertEquals(
                List.of("positive  0.8750  a good film", "negative  0.7500  a bad film"),
                out.toString().lines().toList());
    }

    @Test
    void predictReadsAFileLineByLine() throws IOException {
        Path file = Files.writeString(folder.resolve("reviews.txt"), "good\n\nbad\r\n");
        assertEquals(0, run("predict", "--model", trained(), "--file", file.toString()), err::toString);
        assertEquals(List.of("positive  0.8750  good", "negative  0.7500  bad"), out.toString().lines().toList());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void predictReadsWhatIsNoRegularFile() {
        assertEquals(2, run("predict", "--model", trained(), "--file", "/dev/null"));
        assertOneLine("/dev/null: holds no text");
    }

    @Test
    void predictTakesAWholeFileAsOneText() throws IOException {
        Path file = Files.writeString(folder.resolve("review.txt"), "bad start,\ngood end");
        assertEquals(0, run("predict", "--model", trained(), "--whole", "--file", file.toString()), err::toString);
        assertEquals(List.of("positive  0.8750  bad start, good end"), out.toString().lines().toList());
    }

    @Test
    void predictReadsStandardInputAndPrintsJsonLines() throws IOException {
        in = "très good \"film\"\nbad\n".getBytes(StandardCharsets.UTF_8);
        assertEquals(0, run("predict", "--model", trained(), "--json"), err::toString);
        List<String> lines = out.toString().lines().toList();
        assertEquals(2, lines.size());
        JsonNode first = new ObjectMapper().readTree(lines.get(0));
        assertEquals("positive", first.get("label").textValue());
        assertEquals(0.875, first.get("probability").doubleValue());
        assertEquals("très good \"film\"", first.get("text").textValue());
        JsonNode second = new ObjectMapper().readTree(lines.get(1));
        assertEquals(0.75, second.get("probability").doubleValue());
        assertEquals(0.25, second.get("positive").doubleValue());
        assertTrue(lines.get(0).chars().allMatch(c -> c < 128), lines.get(0));
    }

    @Test
    void predictAsksAPersonAtATerminal() {
        interactive = true;
        in = "good\n".getBytes(StandardCharsets.UTF_8);
        assertEquals(0, run("predict", "--model", trained()));
        assertTrue(err.toString().contains("Ctrl-D"), err::toString);
        assertEquals("positive  0.8750  good", out.toString().strip());
    }

    @Test
    void predictRefusesNothingToDo() throws IOException {
        assertEquals(2, run("predict", "--model", trained()));
        assertOneLine("standard input: holds no text");
        err.getBuffer().setLength(0);
        assertEquals(2, run("predict", "--model", trained(), " "));
        assertOneLine("a text is empty");
        err.getBuffer().setLength(0);
        assertEquals(2, run("predict", "--model", trained(), "--file", "x", "text"));
        assertOneLine("exclude each other");
        err.getBuffer().setLength(0);
        assertEquals(2, run("predict", "--model", trained(), "--file", folder.resolve("x").toString()));
        assertOneLine("no such file");
        err.getBuffer().setLength(0);
        assertEquals(2, run("predict", "--model", trained(), "--file", folder.toString()));
        assertOneLine(folder + ": is a folder; name a file");
        err.getBuffer().setLength(0);
        Path latin = Files.write(folder.resolve("latin1.txt"), new byte[] {'g', (byte) 0xe9, '\n'});
        assertEquals(2, run("predict", "--model", trained(), "--file", latin.toString()));
        assertOneLine(latin.toString(), "not UTF-8");
    }

    @Test
    void textThatTheLocaleCouldNotPassOnIsRefused() {
        assertEquals(2, run("predict", "--model", trained(), "good", "tr\uFFFD\uFFFDs bien"));
        assertOneLine("U+FFFD", "LC_ALL=C.UTF-8", "--file");
        assertEquals("", out.toString());
    }

    @Test
    void textThatIsNoPathIsRefusedInOneLine() {
        assertEquals(2, run("predict", "--file", "a\0b"));
        assertOneLine("--file", "cannot be a path", "check its characters");
        assertFalse(err.toString().contains("Exception"), err::toString);
    }

    @Test
    void evaluatePrintsFiguresAndMatrix() {
        assertEquals(0, run("evaluate", "--model", trained(), "--data", "x.csv", "--part", "validation"),
                err::toString);
        assertEquals(Operations.Part.VALIDATION, operations.evaluated.part());
        assertEquals(Path.of("x.csv"), operations.evaluated.data().orElseThrow());
        assertTrue(out.toString().startsWith("reviews    100" + System.lineSeparator()), out::toString);
        assertTrue(out.toString().contains("accuracy   85.00 % (+- 3.57)"), out::toString);
        assertTrue(out.toString().contains("is positive                    5                45"), out::toString);
    }

    @Test
    void evaluatePrintsJson() throws IOException {
        assertEquals(0, run("evaluate", "--model", trained(), "--json"), err::toString);
        JsonNode figures = new ObjectMapper().readTree(out.toString());
        assertEquals(0.85, figures.get("accuracy").doubleValue());
        assertEquals(45, figures.get("confusionMatrix").get("truePositives").intValue());
        assertEquals(Operations.Part.TEST, operations.evaluated.part());
    }

    @Test
    void evaluateTellsHowManyReviewsTheTrainingHasSeen() throws IOException {
        operations.leftOut = 2345;
        String run = trained();
        assertEquals(0, run("evaluate", "--model", run), err::toString);
        assertTrue(
                out.toString().startsWith("reviews    100 (2,345 more left out, which the training has seen)"),
                out::toString);
        out.getBuffer().setLength(0);
        assertEquals(0, run("evaluate", "--model", run, "--json"), err::toString);
        assertEquals(2345, new ObjectMapper().readTree(out.toString()).get("leftOut").intValue());
    }

    private String trained() {
        String run = folder.resolve("trained").toString();
        assertEquals(0, run("train", "--out", run, "--no-pictures"), err::toString);
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return run;
    }

    private int run(String... args) {
        return run(new PrintWriter(out), args);
    }

    private int run(PrintWriter to, String... args) {
        Imdb.Surroundings surroundings = new Imdb.Surroundings(
                new ByteArrayInputStream(in),
                to,
                new PrintWriter(err),
                interactive,
                TrainingListener.SILENT);
        return Imdb.run(operations, surroundings, args);
    }

    private void assertOneLine(String... parts) {
        String message = err.toString();
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.startsWith("imdb"), message);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    /** Takes nothing. */
    private static final class FullDisk extends Writer {
        private int writes;

        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            writes++;
            throw new IOException("no space left");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
