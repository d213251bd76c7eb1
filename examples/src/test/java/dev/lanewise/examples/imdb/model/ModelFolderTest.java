package dev.lanewise.examples.imdb.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.examples.imdb.data.Review;
import dev.lanewise.examples.imdb.data.SeenTexts;
import dev.lanewise.examples.imdb.text.NGramVocabulary;
import dev.lanewise.examples.imdb.text.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {

    private static final ModelConfig CONFIG = new ModelConfig(3, 8, 2, 1, 16, 400, 1, 4, 0.1, 0.2, 0.4);

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void saveAModel() throws IOException {
        home = folder.resolve("run").resolve("model");
        ModelFolder.save(home, model("good", 1));
    }

    @Test
    void savedModelIsLoadedAgain() throws IOException {
        SavedModel loaded = ModelFolder.load(home);
        assertEquals(CONFIG, loaded.config());
        assertEquals(List.of("<PAD>", "<UNK>", "good", "déjà"), loaded.vocabulary().words());
        assertEquals(model("good", 1).ngrams(), loaded.ngrams());
        assertArrayEquals(model("good", 1).seen().toBytes(), loaded.seen().toBytes());
        assertArrayEquals(new float[] {1, 2}, loaded.weights("bias", 2));
    }

    @Test
    void resultFolderStandsForTheModelInIt() throws IOException {
        assertEquals(CONFIG, ModelFolder.load(home.getParent()).config());
    }

    @Test
    void savingReplacesTheOldModelAndLeavesNothingBehind() throws IOException {
        ModelFolder.save(home, model("fine", 5));
        assertEquals("fine", ModelFolder.load(home).vocabulary().word(2));
        try (var files = Files.list(home.getParent())) {
            assertEquals(List.of(home), files.toList());
        }
    }

    @Test
    void failedSavingKeepsTheOldModel() throws IOException {
        SavedModel reserved = new SavedModel(
                CONFIG,
                model("fine", 5).vocabulary(),
                model("fine", 5).ngrams(),
                SeenTexts.of(),
                Map.of("__metadata__", Tensor.vector(1)));
        assertThrows(IllegalArgumentException.class, () -> ModelFolder.save(home, reserved));
        assertEquals("good", ModelFolder.load(home).vocabulary().word(2));
        try (var files = Files.list(home.getParent())) {
            assertEquals(List.of(home), files.toList());
        }
    }

    @Test
    void leftoversOfEndedProcessesAreDeletedAndOthersKept() throws IOException {
        long running = ProcessHandle.current().parent().orElseThrow().pid();
        Path theirs = Files.createDirectory(home.resolveSibling(".model-" + running + ".new"));
        Files.writeString(Files.createDirectory(leftover(".new")).resolve("part"), "half a file");
        Files.writeString(Files.createDirectory(leftover(".new.old")).resolve("part"), "an old one");
        ModelFolder.save(home, model("fine", 5));
        try (var files = Files.list(home.getParent())) {
            assertEquals(Set.of(home, theirs), Set.copyOf(files.toList()));
        }
    }

    @Test
    void modelPutAsideByAnEndedProcessIsPutBack() throws IOException {
        assertFalse(ModelFolder.recover(home));
        Files.move(home, leftover(".new.old"));
        Files.createDirectory(leftover(".new"));
        for (Path named : List.of(home, home.getParent())) {
            assertRefusal(
                    home + ": is missing, since a run was ended while it saved; rename " + leftover(".new.old"),
                    () -> ModelFolder.load(named));
        }
        assertTrue(ModelFolder.recover(home));
        assertEquals("good", ModelFolder.load(home).vocabulary().word(2));
        try (var files = Files.list(home.getParent())) {
            assertEquals(List.of(home), files.toList());
        }
    }

    /** What a process leaves whose number no system gives. */
    private Path leftover(String ending) {
        return home.resolveSibling(".model-999999999999" + ending);
    }

    @Test
    void folderWithOtherThingsIsNotReplaced() throws IOException {
        Files.writeString(home.resolve("thesis.txt"), "years of work");
        assertRefusal("thesis.txt", () -> ModelFolder.save(home, model("fine", 5)));
        assertEquals("years of work", Files.readString(home.resolve("thesis.txt")));
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelFolder.CONFIG, ModelFolder.VOCABULARY, ModelFolder.SEEN, ModelFolder.WEIGHTS})
    void missingFileIsNamed(String name) throws IOException {
        Files.delete(home.resolve(name));
        assertRefusal(home.resolve(name) + ": is missing", () -> ModelFolder.load(home));
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelFolder.CONFIG, ModelFolder.VOCABULARY, ModelFolder.SEEN, ModelFolder.WEIGHTS})
    void fileOfAnotherTrainingIsRefused(String name) throws IOException {
        Path other = folder.resolve("other");
        ModelFolder.save(other, model("fine", 5));
        Files.copy(other.resolve(name), home.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        assertRefusal("of one training together", () -> ModelFolder.load(home));
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelFolder.CONFIG, ModelFolder.VOCABULARY, ModelFolder.NGRAMS, ModelFolder.SEEN,
        ModelFolder.WEIGHTS})
    void fileCutAtAnyByteIsRefused(String name) throws IOException {
        byte[] whole = Files.readAllBytes(home.resolve(name));
        for (int length = 0; length < whole.length; length++) {
            Files.write(home.resolve(name), Arrays.copyOf(whole, length));
            assertThrows(ModelFormatException.class, () -> ModelFolder.load(home), "cut at " + length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelFolder.CONFIG, ModelFolder.VOCABULARY, ModelFolder.NGRAMS, ModelFolder.SEEN})
    void flippedBitsLeadToAModelOrToTheDocumentedException(String name) throws IOException {
        byte[] whole = Files.readAllBytes(home.resolve(name));
        int refused = 0;
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(home.resolve(name), flipped);
            try {
                ModelFolder.load(home);
            } catch (ModelFormatException e) {
                refused++;
            }
        }
        assertTrue(refused > whole.length, "only " + refused + " flips were noticed");
    }

    @Test
    void missingNGramsAreNoticed() throws IOException {
        Files.delete(home.resolve(ModelFolder.NGRAMS));
        assertRefusal("of one training together", () -> ModelFolder.load(home));
    }

    @Test
    void foreignConfigurationIsRefused() throws IOException {
        Files.writeString(home.resolve(ModelFolder.CONFIG), "{\"architectures\": [\"BertModel\"]}");
        assertRefusal("is not the configuration of such a model", () -> ModelFolder.load(home));
    }

    @Test
    void modelOfAnOlderVersionIsRefusedByItsVersion() throws IOException {
        Path config = home.resolve(ModelFolder.CONFIG);
        Files.writeString(config, Files.readString(config).replace("\"version\" : 2", "\"version\" : 1"));
        Files.delete(home.resolve(ModelFolder.SEEN));
        assertRefusal("has version 1, this program reads 2", () -> ModelFolder.load(home));
    }

    @Test
    void configurationOfATrainingWithOtherSettingsIsRefused() throws IOException {
        Path config = home.resolve(ModelFolder.CONFIG);
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\n", "\r\n"));
        assertEquals(CONFIG, ModelFolder.load(home).config());
        Files.writeString(config, text.replace("\"heads\" : 2", "\"heads\" : 4"));
        assertRefusal(
                home.resolve(ModelFolder.WEIGHTS) + ": was trained with other settings than those in " + config,
                () -> ModelFolder.load(home));
    }

    @Test
    void settingOutOfRangeIsNamed() throws IOException {
        Path config = home.resolve(ModelFolder.CONFIG);
        Files.writeString(config, Files.readString(config).replace("\"heads\" : 2", "\"heads\" : 3"));
        assertRefusal("heads = 3 does not divide modelDim = 8", () -> ModelFolder.load(home));
    }

    @ParameterizedTest
    @CsvSource({
        "maxLength, 400, 3, 4 to 65536",
        "layers, 1, 100000000, 1 to 64",
        "modelDim, 8, 65536, 1073741824 fit",
    })
    void sizeThatNeverFitsIsRefusedWithFileAndRange(String name, String before, String after, String range)
            throws IOException {
        Path config = home.resolve(ModelFolder.CONFIG);
        String text = Files.readString(config);
        String changed = text.replace('"' + name + "\" : " + before, '"' + name + "\" : " + after);
        assertNotEquals(text, changed);
        Files.writeString(config, changed);
        assertRefusal(config + ": has a bad model section: ", () -> ModelFolder.load(home));
        assertRefusal(name + " = " + after, () -> ModelFolder.load(home));
        assertRefusal(range, () -> ModelFolder.load(home));
    }

    @Test
    void weightThatIsNotANumberIsRefused() throws IOException {
        ModelFolder.save(home, model("good", Float.NaN));
        assertRefusal("'bias' holds NaN", () -> ModelFolder.load(home));
    }

    @Test
    void missingFolderSaysWhatToDo() {
        Path nowhere = folder.resolve("nowhere");
        assertRefusal(nowhere + ": no such folder; train a model first", () -> ModelFolder.load(nowhere));
    }

    @Test
    void weightsAreCheckedAgainstTheShapeTheModelAsksFor() throws IOException {
        SavedModel loaded = ModelFolder.load(home);
        assertRefusal("lacks tensor 'head'", () -> loaded.weights("head", 2));
        assertRefusal("has shape [2], but config.json asks for [3]", () -> loaded.weights("bias", 3));
        assertRefusal("does not know: [bias]", () -> loaded.requireOnly(Set.of("table")));
    }

    @Test
    void vocabularyIsPlainText() throws IOException {
        assertEquals(
                "<PAD>\n<UNK>\ngood\ndéjà\n",
                Files.readString(home.resolve(ModelFolder.VOCABULARY), StandardCharsets.UTF_8));
    }

    private static void assertRefusal(String part, Executable action) {
        String message = assertThrows(ModelFormatException.class, action).getMessage();
        assertTrue(message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }

    private static SavedModel model(String word, float weight) {
        Vocabulary vocabulary = Vocabulary.ofWords(List.of("<PAD>", "<UNK>", word, "déjà"));
        return new SavedModel(
                CONFIG,
                vocabulary,
                NGramVocabulary.of(List.of(new int[] {2, 3, 2}), vocabulary, 1),
                SeenTexts.of(List.of(new Review("a " + word + " film", true, "", ""))),
                Map.of("table", Tensor.matrix(2, 2, new float[4]), "bias", Tensor.vector(weight, weight + 1)));
    }
}
