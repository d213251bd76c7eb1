package dev.lanewise.nn;

import java.util.Arrays;
import java.util.List;

/**
 * Where a part of a backward pass adds its gradients of parameters: the gradients of the model, or an array of its own that
 * is added to them at the end. So parts run at once, and the order of every sum is that of the parts.
 */
final class GradientShare {
    /** The gradients of the model themselves. */
    static final GradientShare MODEL = new GradientShare(null);

    private float[] values;
    private int size;
    private int decayingShift;
    private int otherShift;

    private GradientShare(float[] values) {
        this.values = values;
    }

    /** Room for nothing yet. */
    static GradientShare empty() {
        return new GradientShare(new float[0]);
    }

    /**
     * Makes room for the parameters of a layer, and sets their gradients to zero. They were registered one after the other,
     * so those that decay follow each other in the model's array, and so do the others.
     */
    void clearFor(List<Parameter> parameters) {
        int decaying = 0;
        int firstDecaying = Integer.MAX_VALUE;
        int firstOther = Integer.MAX_VALUE;
        size = 0;
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            size += parameter.size();
            if (parameter.decays()) {
                decaying += parameter.size();
                firstDecaying = Math.min(firstDecaying, parameter.offset());
            } else {
                firstOther = Math.min(firstOther, parameter.offset());
            }
        }
        decayingShift = firstDecaying;
        otherShift = firstOther - decaying;
        values = Shapes.grow(values, size);
        Arrays.fill(values, 0, size, 0f);
    }

    /** The array that the gradient of a parameter is in. */
    float[] array(Parameter parameter) {
        return values == null ? parameter.gradients() : values;
    }

    /** Index of the parameter's first gradient. */
    int at(Parameter parameter) {
        return parameter.offset() - (parameter.decays() ? decayingShift : otherShift);
    }

    /** Adds what this share has for elements {@code from .. to - 1} of a parameter to the gradients of the model. */
    void addToModel(Parameter parameter, int from, int to) {
        float[] gradients = parameter.gradients();
        int target = parameter.offset();
        int source = at(parameter);
        for (int i = from; i < to; i++) {
            gradients[target + i] += values[source + i];
        }
    }
}
