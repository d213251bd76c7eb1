package dev.lanewise.examples.imdb.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Engine;
import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.data.SeenTexts;
import dev.lanewise.examples.imdb.text.NGramVocabulary;
import dev.lanewise.examples.imdb.text.Vocabulary;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Parameters;
import dev.lanewise.nn.Write;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentimentModelTest {

    private static final Engine ENGINE = Engine.serial();
    private static final Vocabulary WORDS = Vocabulary.ofWords(List.of("<PAD>", "<UNK>", "a", "b", "c", "d"));
    private static final NGramVocabulary NGRAMS = NGramVocabulary.of(
            List.of(new int[] {2, 3, 4, 5, 2}, new int[] {3, 3, 4}), WORDS, 1);
    private static final int[] LABELS = {1, 0, 1};

    private final CrossEntropyLoss loss = new CrossEntropyLoss(SentimentModel.CLASSES);
    private final SentimentModel.Activations kept = new SentimentModel.Activations();

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private static SentimentModel model(int group, boolean ngrams) {
        ModelConfig config = new ModelConfig(5, 8, 2, 2, 12, 64, ngrams ? 1 : 0, group, 0.2, 0.3, 0.4);
        SentimentModel model = new SentimentModel(config, WORDS, ngrams ? NGRAMS : null);
        // Off the zeros and ones that biases, norms and n-grams start with, so that an error in them shows.
        SplittableRandom random = new SplittableRandom(11);
        for (Parameters part : List.of(model.tables(), model.parameters())) {
            for (Parameter parameter : part.all()) {
                for (int i = 0; i < parameter.size(); i++) {
                    parameter.values()[parameter.offset() + i] += (float) random.nextDouble(-0.3, 0.3);
                }
            }
        }
        return model;
    }

    /** Three reviews of 7, 1 and 8 tokens. */
    private static ModelInput input(boolean ngrams) {
        int[][] reviews = {{2, 3, 4, 5, 2, 3, 3}, {1}, {5, 4, 3, 3, 4, 2, 1, 2}};
        ModelInput input = new ModelInput();
        input.reserve(3, 8, 1.25f, 1.5f);
        for (int b = 0; b < 3; b++) {
            put(input, b, reviews[b], ngrams);
        }
        return input;
    }

    private static void put(ModelInput input, int b, int[] words, boolean ngrams) {
        int row = b * input.seqLen();
        System.arraycopy(words, 0, input.words(), row, words.length);
        if (ngrams) {
            System.arraycopy(NGRAMS.bigramIds(words), 0, input.bigrams(), row, words.length);
            System.arraycopy(NGRAMS.trigramIds(words), 0, input.trigrams(), row, words.length);
        }
        input.setLength(b, words.length, words.length);
    }

    private double loss(SentimentModel model, ModelInput input, long step) {
        model.embed(ENGINE, input, kept, step);
        model.forward(ENGINE, kept, step);
        return loss.forward(ENGINE, 3, kept.logits(), LABELS, new CrossEntropyLoss.Activations());
    }

    /** Along a random direction in each parameter, with dropout, which a step decides and so stays in place. */
    @ParameterizedTest
    @CsvSource({"4, true", "1, true", "2, false"})
    void gradientsAgreeWithDifferencesOfTheLoss(int group, boolean ngrams) {
        SentimentModel model = model(group, ngrams);
        ModelInput input = input(ngrams);
        long step = 3;
        loss(model, input, step);
        model.parameters().zeroGradients();
        model.tables().zeroGradients();
        float[] dLogits = Arrays.copyOf(kept.logits(), 6);
        loss.backward(ENGINE, 3, kept.logits(), LABELS, dLogits);
        model.backward(ENGINE, kept, dLogits, Write.OVERWRITE);
        model.embedBackward(ENGINE, kept, step);
        for (Parameters part : List.of(model.tables(), model.parameters())) {
            for (Parameter parameter : part.all()) {
                checkAlongRandomDirection(model, input, parameter, step);
            }
        }
    }

    private void checkAlongRandomDirection(SentimentModel model, ModelInput input, Parameter parameter, long step) {
        SplittableRandom random = new SplittableRandom(parameter.name().hashCode());
        float[] values = parameter.values();
        float[] before = values.clone();
        double slope = 0;
        double norm = 0;
        float[] direction = new float[parameter.size()];
        for (int i = 0; i < direction.length; i++) {
            direction[i] = random.nextBoolean() ? 1 : -1;
            double gradient = parameter.gradients()[parameter.offset() + i];
            slope += direction[i] * gradient;
            norm += gradient * gradient;
        }
        double h = 5e-4;
        double[] losses = new double[2];
        for (int side = 0; side < 2; side++) {
            for (int i = 0; i < direction.length; i++) {
                values[parameter.offset() + i] = (float) (before[parameter.offset() + i]
                        + (side == 0 ? -h : h) * direction[i]);
            }
            losses[side] = loss(model, input, step);
            System.arraycopy(before, 0, values, 0, values.length);
        }
        double measured = (losses[1] - losses[0]) / (2 * h);
        assertEquals(slope, measured, 0.03 * Math.sqrt(norm) + 1e-3, parameter.name());
    }

    @Test
    void paddingAndNeighboursMakeNoDifference() {
        SentimentModel model = model(4, true);
        loss(model, input(true), Dropout.EVALUATION);
        float[] together = Arrays.copyOf(kept.logits(), 6);
        ModelInput alone = new ModelInput();
        alone.reserve(1, 12, 1.25f, 1.5f);
        put(alone, 0, new int[] {2, 3, 4, 5, 2, 3, 3}, true);
        model.embed(ENGINE, alone, kept, Dropout.EVALUATION);
        model.forward(ENGINE, kept, Dropout.EVALUATION);
        assertArrayEquals(Arrays.copyOf(together, 2), Arrays.copyOf(kept.logits(), 2), 1e-5f);
    }

    @Test
    void orderOfWordsMakesADifference() {
        SentimentModel model = model(1, false);
        ModelInput input = new ModelInput();
        input.reserve(2, 4, 1, 1);
        put(input, 0, new int[] {2, 3, 4, 5}, false);
        put(input, 1, new int[] {5, 4, 3, 2}, false);
        model.embed(ENGINE, input, kept, Dropout.EVALUATION);
        model.forward(ENGINE, kept, Dropout.EVALUATION);
        assertTrue(Math.abs(kept.logits()[0] - kept.logits()[2]) > 1e-4, Arrays.toString(kept.logits()));
    }

    @Test
    void savedWeightsGiveTheSameBits() {
        SentimentModel model = model(4, true);
        loss(model, input(true), Dropout.EVALUATION);
        float[] before = Arrays.copyOf(kept.logits(), 6);
        SavedModel saved = new SavedModel(model.config(), WORDS, NGRAMS, SeenTexts.of(), model.tensors());
        loss(SentimentModel.of(saved), input(true), Dropout.EVALUATION);
        assertArrayEquals(before, Arrays.copyOf(kept.logits(), 6), 0f);
    }

    @Test
    void missingStrangeAndMisshapenWeightsAreRefused() {
        SentimentModel model = model(4, true);
        assertRefused(model, tensors -> tensors.remove("head.weight"), "lacks tensor 'head.weight' of shape [32, 2]");
        assertRefused(model, tensors -> tensors.put("head.extra", Tensor.vector(1)), "[head.extra]");
        assertRefused(
                model,
                tensors -> tensors.put("words", Tensor.matrix(1, 8, new float[8])),
                "'words' has shape [1, 8]");
    }

    private static void assertRefused(
            SentimentModel model, Consumer<Map<String, Tensor>> damage, String message) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(model.tensors());
        damage.accept(tensors);
        SavedModel saved = new SavedModel(model.config(), WORDS, NGRAMS, SeenTexts.of(), tensors);
        ModelFormatException refused = assertThrows(ModelFormatException.class, () -> SentimentModel.of(saved));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void vectorsThatDoNotFitInAnArrayAreRefusedWithWhatFits() {
        Vocabulary many = Vocabulary.ofWords(
                IntStream.range(0, 135_000)
                        .mapToObj(i -> i == 0 ? "<PAD>" : i == 1 ? "<UNK>" : "w" + i)
                        .toList());
        ModelConfig wide = new ModelConfig(5, 16_000, 1, 1, 1, 64, 0, 1, 0, 0, 0);
        String message = assertThrows(ImdbException.class, () -> new SentimentModel(wide, many, null)).getMessage();
        assertTrue(message.contains("135000 of them, and 134217 fit"), message);
    }
}
