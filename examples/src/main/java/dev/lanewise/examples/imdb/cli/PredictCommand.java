package dev.lanewise.examples.imdb.cli;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lanewise.examples.imdb.ImdbException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code imdb predict}: labels and probabilities for texts of one's own. */
@Command(name = "predict", description = "Tell whether texts are positive or negative, and how surely.",
        sortOptions = false)
final class PredictCommand implements Callable<Integer> {

    /** Texts computed together when nobody waits for each. */
    private static final int CHUNK = 64;

    private static final int SHOWN_CHARACTERS = 60;
    private static final JsonMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    @ParentCommand
    private Imdb program;

    @Parameters(arity = "0..*", paramLabel = "TEXT",
            description = "Texts, each in quotes. Without any and without --file, standard input is read.")
    private List<String> texts = new ArrayList<>();

    @Option(names = "--model", paramLabel = "DIR",
            description = "A model's folder or the result folder that holds it (default: ${DEFAULT-VALUE}).")
    private Path model = Imdb.DEFAULT_RUN;

    @Option(names = "--file", paramLabel = "FILE", description = "Read texts from a UTF-8 file, one a line.")
    private Path file;

    @Option(names = "--whole", description = "Take the file or standard input as one text rather than one a line.")
    private boolean whole;

    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean json;

    @Mixin
    private Common common;

    @Override
    public Integer call() throws IOException {
        if (file != null && !texts.isEmpty()) {
            throw common.ranges().refusal("texts and --file exclude each other: give one of them");
        }
        if (texts.stream().anyMatch(String::isBlank)) {
            throw common.ranges().refusal("a text is empty: put the text in quotes");
        }
        if (texts.stream().anyMatch(text -> text.indexOf(Imdb.UNKNOWN_CHARACTER) >= 0)) {
            throw common.ranges().refusal("a text arrived with characters that could not be read (U+FFFD): "
                    + Imdb.LOCALE_ADVICE + ", or put the texts in a UTF-8 file and use --file");
        }
        if (file != null && !Files.exists(file)) {
            throw new ImdbException(file + ": no such file; check the path");
        }
        if (file != null && Files.isDirectory(file)) {
            throw new ImdbException(file + ": is a folder; name a file");
        }
        try (Operations.Classifier classifier = program.operations().open(model, common.threads())) {
            if (!texts.isEmpty()) {
                print(classifier, texts);
            } else if (file != null) {
                try (InputStream stream = Files.newInputStream(file)) {
                    read(classifier, stream, file.toString(), CHUNK);
                }
            } else {
                boolean watched = program.interactive();
                if (watched) {
                    program.err().println("Type a review a line; end with Ctrl-D (Ctrl-Z on Windows).");
                }
                read(classifier, program.in(), "standard input", watched ? 1 : CHUNK);
            }
        }
        return Imdb.OK;
    }

    private void read(Operations.Classifier classifier, InputStream stream, String name, int chunk) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(
                stream,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        int count = 0;
        try {
            List<String> waiting = new ArrayList<>();
            if (whole) {
                String text = reader.readAllAsString();
                waiting.addAll(text.isBlank() ? List.of() : List.of(text));
            } else {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (!line.isBlank()) {
                        waiting.add(line);
                    }
                    if (waiting.size() == chunk) {
                        count += waiting.size();
                        print(classifier, waiting);
                        waiting.clear();
                    }
                }
            }
            count += waiting.size();
            print(classifier, waiting);
        } catch (CharacterCodingException e) {
            throw new ImdbException(name + ": is not UTF-8 text; convert it first", e);
        }
        if (count == 0) {
            throw new ImdbException(name + ": holds no text; write one review a line");
        }
    }

    private void print(Operations.Classifier classifier, List<String> batch) throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        float[] probabilities = classifier.probabilities(batch);
        for (int i = 0; i < probabilities.length; i++) {
            boolean positive = probabilities[i] >= 0.5f;
            String label = positive ? "positive" : "negative";
            double probability = positive ? probabilities[i] : 1 - (double) probabilities[i];
            program.out().println(json
                    ? json(label, probability, probabilities[i], batch.get(i))
                    : String.format(Locale.ROOT, "%s  %.4f  %s", label, probability, shorten(batch.get(i))));
        }
        program.flush();
    }

    private static String json(String label, double probability, float positive, String text) throws IOException {
        ObjectNode node = JSON.createObjectNode()
                .put("label", label)
                .put("probability", probability)
                .put("positive", positive)
                .put("text", text);
        return JSON.writeValueAsString(node);
    }

    private static String shorten(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS - 3) + "...";
    }
}
