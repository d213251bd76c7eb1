package dev.lanewise.examples.imdb.model;

import dev.lanewise.examples.imdb.data.SeenTexts;
import dev.lanewise.examples.imdb.text.NGramVocabulary;
import dev.lanewise.examples.imdb.text.Vocabulary;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a model folder holds.
 *
 * @param config the classifier's shape
 * @param vocabulary the words, numbered
 * @param ngrams pairs and triples of words, numbered; null where the configuration asks for none
 * @param seen the texts that it was trained and chosen by, so that it is not tested on them
 * @param tensors the weights by name
 */
public record SavedModel(ModelConfig config, Vocabulary vocabulary, NGramVocabulary ngrams, SeenTexts seen,
        Map<String, Tensor> tensors) {

    /** Refuses n-grams that the configuration does not speak of, and their absence where it does. */
    public SavedModel {
        if ((ngrams != null) != (config.ngramDocuments() > 0)) {
            throw new IllegalArgumentException("ngramDocuments = " + config.ngramDocuments() + " with "
                    + (ngrams == null ? "no dictionary" : "a dictionary") + " of n-grams");
        }
    }

    /**
     * Looks a weight up and checks its shape.
     *
     * @param name the weight's name
     * @param shape the shape that the configuration asks for
     * @return its values, not copied
     * @throws ModelFormatException if there is no such weight or its shape differs
     */
    public float[] weights(String name, int... shape) {
        Tensor tensor = tensors.get(name);
        List<Integer> expected = Arrays.stream(shape).boxed().toList();
        if (tensor == null) {
            throw new ModelFormatException(ModelFolder.WEIGHTS + ": lacks tensor '" + name + "' of shape " + expected
                    + " that " + ModelFolder.CONFIG + " asks for; train anew");
        }
        if (!tensor.shape().equals(expected)) {
            throw new ModelFormatException(ModelFolder.WEIGHTS + ": tensor '" + name + "' has shape " + tensor.shape()
                    + ", but " + ModelFolder.CONFIG + " asks for " + expected + "; train anew");
        }
        return tensor.values();
    }

    /**
     * Checks that there is no weight the classifier would ignore.
     *
     * @param names the names that the classifier knows
     * @throws ModelFormatException if there is another one
     */
    public void requireOnly(Set<String> names) {
        Set<String> unknown = new HashSet<>(tensors.keySet());
        unknown.removeAll(names);
        if (!unknown.isEmpty()) {
            throw new ModelFormatException(ModelFolder.WEIGHTS + ": holds tensors that this version does not know: "
                    + unknown.stream().sorted().toList() + "; use the version that trained it or train anew");
        }
    }
}
