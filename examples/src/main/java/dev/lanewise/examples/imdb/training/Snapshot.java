package dev.lanewise.examples.imdb.training;

import dev.lanewise.examples.imdb.model.SentimentModel;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Parameters;
import java.util.ArrayList;
import java.util.List;

/** A copy of a model's weights, to go back to. */
final class Snapshot {

    private final List<Parameter> parameters = new ArrayList<>();
    private final List<float[]> copies = new ArrayList<>();

    /** Makes room for the weights of a model. */
    Snapshot(SentimentModel model) {
        for (Parameters group : List.of(model.tables(), model.parameters())) {
            parameters.addAll(group.all());
        }
        for (Parameter parameter : parameters) {
            copies.add(new float[parameter.size()]);
        }
    }

    /** Copies the weights. */
    void take() {
        for (int i = 0; i < copies.size(); i++) {
            Parameter from = parameters.get(i);
            System.arraycopy(from.values(), from.offset(), copies.get(i), 0, from.size());
        }
    }

    /** Puts the weights back that were copied last. */
    void restore() {
        for (int i = 0; i < copies.size(); i++) {
            Parameter to = parameters.get(i);
            System.arraycopy(copies.get(i), 0, to.values(), to.offset(), to.size());
        }
    }
}
