package dev.lanewise.examples.imdb.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lanewise.examples.imdb.AtomicFiles;
import dev.lanewise.examples.imdb.data.SeenTexts;
import dev.lanewise.examples.imdb.text.NGramVocabulary;
import dev.lanewise.examples.imdb.text.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A trained classifier on disk: {@value #CONFIG}, {@value #VOCABULARY} (one entry a line), {@value #SEEN}, {@value #WEIGHTS}
 * and, where it uses them, {@value #NGRAMS}.
 *
 * <p>Saving writes a new folder beside the old one and swaps them by name, so that there is never a half-written model.
 * The checksum of dictionaries and seen texts stands in the other two files, that of the
 * settings in the weights' metadata: files of different trainings do not pass for one model.
 */
public final class ModelFolder {

    /** File with the classifier's shape. */
    public static final String CONFIG = "config.json";

    /** File with the words in the order of their numbers. */
    public static final String VOCABULARY = "vocabulary.txt";

    /** File with the pairs and triples of words. */
    public static final String NGRAMS = "ngrams.txt";

    /** File with the hashes of the texts that the training has seen, see {@link SeenTexts#toBytes}. */
    public static final String SEEN = "seen-texts.bin";

    /** File with the weights. */
    public static final String WEIGHTS = "model.safetensors";

    /** The name of the model's folder inside a run's result folder. */
    public static final String NAME_IN_RUN = "model";

    private static final String FORMAT = "lanewise-imdb-classifier";
    private static final int VERSION = 2;
    private static final String CONTENT = VOCABULARY + ", " + NGRAMS + " and " + SEEN;
    private static final String CHECKSUM = "contentSha256";
    private static final String SETTINGS = "modelSha256";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private ModelFolder() {}

    /**
     * Saves a model, whole or not at all.
     *
     * @param folder where; an older model there is replaced
     * @param model what
     * @throws IOException if a file cannot be written
     * @throws ModelFormatException if the folder holds anything but a model
     */
    public static void save(Path folder, SavedModel model) throws IOException {
        requireReplaceable(folder);
        FolderSwap swap = new FolderSwap(folder);
        try {
            Path fresh = swap.create();
            model.vocabulary().save(fresh.resolve(VOCABULARY));
            if (model.ngrams() != null) {
                model.ngrams().save(fresh.resolve(NGRAMS), model.vocabulary());
            }
            AtomicFiles.write(fresh.resolve(SEEN), out -> out.write(model.seen().toBytes()));
            String checksum = checksum(fresh);
            Files.write(fresh.resolve(CONFIG), encode(model, checksum));
            Safetensors.write(
                    fresh.resolve(WEIGHTS),
                    model.tensors(),
                    Map.of("format", FORMAT, CHECKSUM, checksum, SETTINGS, checksum(model.config())));
            swap.swap();
        } finally {
            swap.deleteFresh();
        }
    }

    /**
     * Loads a model.
     *
     * @param folder a model's folder, or the result folder of a run that has one in it
     * @return the model, its files checked one by one and against each other
     * @throws ModelFormatException if a file is missing, damaged or does not belong with the others
     * @throws IOException if a file that is there cannot be read
     */
    public static SavedModel load(Path folder) throws IOException {
        Path home = locate(folder);
        Path configFile = home.resolve(CONFIG);
        JsonNode root = root(configFile);
        String checksum = checksum(home);
        ModelConfig config = config(configFile, root, checksum);
        Path weights = home.resolve(WEIGHTS);
        if (!Files.isRegularFile(weights)) {
            throw missing(weights);
        }
        Safetensors.Content content = Safetensors.read(weights);
        if (!checksum.equals(content.metadata().get(CHECKSUM))) {
            throw new ModelFormatException(weights + ": does not belong with the " + CONTENT
                    + " beside it; copy all files of one training together");
        }
        if (!checksum(config).equals(content.metadata().get(SETTINGS))) {
            throw new ModelFormatException(weights + ": was trained with other settings than those in " + configFile
                    + "; copy all files of one training together");
        }
        requireFinite(weights, content.tensors());
        Vocabulary vocabulary = Vocabulary.load(home.resolve(VOCABULARY));
        NGramVocabulary ngrams = config.ngramDocuments() > 0 ? NGramVocabulary.load(home.resolve(NGRAMS), vocabulary)
                : null;
        return new SavedModel(config, vocabulary, ngrams, seen(home.resolve(SEEN)), content.tensors());
    }

    /**
     * Clears up after a process that was ended while it saved: a model that it had put aside is put back, and what it had
     * written is deleted. Saving does so, too.
     *
     * @param folder a model's folder
     * @return whether a model was put back
     * @throws IOException if a folder cannot be renamed or deleted
     */
    public static boolean recover(Path folder) throws IOException {
        return new FolderSwap(folder).recover();
    }

    /**
     * Checks that saving would delete nothing but an older model.
     *
     * @param folder where a model is to be saved
     * @throws ModelFormatException if there is a file of that name, or a folder with other things in it
     * @throws IOException if the folder cannot be listed
     */
    public static void requireReplaceable(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new ModelFormatException(
                    folder + ": is a file where the model's folder should be; name another --out");
        }
        try (Stream<Path> files = Files.list(folder)) {
            Set<String> own = Set.of(CONFIG, VOCABULARY, NGRAMS, SEEN, WEIGHTS);
            List<String> foreign = files.map(file -> file.getFileName().toString())
                    .filter(name -> !own.contains(name))
                    .sorted()
                    .toList();
            if (!foreign.isEmpty()) {
                throw new ModelFormatException(folder + ": holds '" + foreign.getFirst()
                        + "', which is not part of a model and would be lost; move it or name another --out");
            }
        }
    }

    private static Path locate(Path folder) throws IOException {
        Path inRun = folder.resolve(NAME_IN_RUN);
        requireNotLost(folder);
        requireNotLost(inRun);
        if (!Files.exists(folder)) {
            throw new ModelFormatException(
                    folder + ": no such folder; train a model first or name its folder with --model");
        }
        if (!Files.isDirectory(folder)) {
            throw new ModelFormatException(folder + ": is not a folder; --model names the folder that holds " + CONFIG);
        }
        return !Files.exists(folder.resolve(CONFIG)) && Files.isDirectory(inRun) ? inRun : folder;
    }

    /** Nothing is renamed here: who reads a model may not be allowed to write. */
    private static void requireNotLost(Path folder) throws IOException {
        Path lost = new FolderSwap(folder).lost().orElse(null);
        if (lost != null) {
            throw new ModelFormatException(folder + ": is missing, since a run was ended while it saved; rename " + lost
                    + " to " + folder.getFileName() + ", or train anew");
        }
    }

    /** The configuration as it stands, of this format and version. */
    private static JsonNode root(Path file) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(bytes(file));
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file + ": is not valid JSON: " + firstLine(e) + "; train anew", e);
        }
        if (!root.path("format").asText().equals(FORMAT)) {
            throw new ModelFormatException(
                    file + ": is not the configuration of such a model (no \"format\": \"" + FORMAT
                            + "\"); name a folder that train wrote");
        }
        if (!root.path("version").isInt() || root.path("version").intValue() != VERSION) {
            throw new ModelFormatException(
                    file + ": has version " + root.path("version") + ", this program reads " + VERSION
                            + "; use the version that trained it or train anew");
        }
        return root;
    }

    private static ModelConfig config(Path file, JsonNode root, String checksum) {
        if (!root.path(CHECKSUM).asText().equals(checksum)) {
            throw new ModelFormatException(file + ": speaks of other files than the " + CONTENT
                    + " beside it; copy all files of one training together");
        }
        if (!root.path("model").isObject()) {
            throw new ModelFormatException(file + ": lacks the model section; train anew");
        }
        try {
            return JSON.treeToValue(root.path("model"), ModelConfig.class);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new ModelFormatException(file + ": has a bad model section: " + firstLine(e) + "; train anew", e);
        }
    }

    private static SeenTexts seen(Path file) throws IOException {
        try {
            return SeenTexts.ofBytes(bytes(file));
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file + ": " + e.getMessage() + "; copy the file again or train anew", e);
        }
    }

    private static byte[] encode(SavedModel model, String checksum) throws JsonProcessingException {
        ObjectNode root = JSON.createObjectNode().put("format", FORMAT).put("version", VERSION);
        root.set("model", JSON.valueToTree(model.config()));
        root.put("vocabularySize", model.vocabulary().size()).put(CHECKSUM, checksum);
        return JSON.writeValueAsBytes(root);
    }

    private static void requireFinite(Path file, Map<String, Tensor> tensors) {
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            for (float value : entry.getValue().values()) {
                if (!Float.isFinite(value)) {
                    throw new ModelFormatException(
                            file + ": tensor '" + entry.getKey() + "' holds " + value
                                    + "; copy the file again or train anew");
                }
            }
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw missing(file);
        }
    }

    private static ModelFormatException missing(Path file) {
        return new ModelFormatException(file + ": is missing; name a folder that train wrote, or train anew");
    }

    private static String firstLine(Exception e) {
        String text = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        return text.lines().findFirst().orElse("unreadable");
    }

    /** Over the vocabulary, the dictionary of n-grams where there is one, and the seen texts. */
    private static String checksum(Path home) throws IOException {
        MessageDigest digest = sha256();
        digest.update(bytes(home.resolve(VOCABULARY)));
        if (Files.exists(home.resolve(NGRAMS))) {
            digest.update(bytes(home.resolve(NGRAMS)));
        }
        digest.update(bytes(home.resolve(SEEN)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Over the model section without white space, which differs between systems. */
    private static String checksum(ModelConfig config) {
        byte[] section = JSON.valueToTree(config).toString().getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(sha256().digest(section));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
