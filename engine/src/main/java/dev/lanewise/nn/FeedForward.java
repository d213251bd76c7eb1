package dev.lanewise.nn;

import dev.lanewise.Engine;

/** Two linear maps with a function between: {@code y = f(x W1 + b1) W2 + b2}, for each row alone. */
public final class FeedForward {
    /** What the forward pass keeps: the hidden rows. Grown to the largest batch. */
    public static final class Activations {
        private float[] preActivation = new float[0];
        private float[] hidden = new float[0];

        /** Nothing kept yet. */
        public Activations() {}

        /**
         * The hidden rows after the activation function.
         *
         * @return [rows x hiddenDim], live
         */
        public float[] hidden() {
            return hidden;
        }
    }

    private final int hiddenDim;
    private final Activation activation;
    private final Linear expand;
    private final Linear contract;

    /**
     * A layer.
     *
     * @param builder takes the parameters {@code name.expand.*} and {@code name.contract.*}
     * @param name name of the layer
     * @param modelDim columns of input and output
     * @param hiddenDim columns between
     * @param activation the function between
     * @throws IllegalArgumentException if a size is below 1
     */
    public FeedForward(
            Parameters.Builder builder,
            String name,
            int modelDim,
            int hiddenDim,
            Activation activation) {
        this.hiddenDim = hiddenDim;
        this.activation = activation;
        expand = new Linear(builder, name + ".expand", modelDim, hiddenDim);
        contract = new Linear(builder, name + ".contract", hiddenDim, modelDim);
    }

    /**
     * {@code y = f(x W1 + b1) W2 + b2}.
     *
     * @param engine runs it
     * @param rows rows of x and y
     * @param x [rows x modelDim]; not modified, needed again by {@link #backward}
     * @param y [rows x modelDim]; overwritten
     * @param kept receives what {@link #backward} needs
     * @throws IllegalArgumentException if an array is too small
     */
    public void forward(Engine engine, int rows, float[] x, float[] y, Activations kept) {
        int size = Shapes.size("hidden", rows, hiddenDim);
        kept.hidden = Shapes.grow(kept.hidden, size);
        float[] before = kept.hidden;
        if (!activation.outputTellsGradient()) {
            kept.preActivation = Shapes.grow(kept.preActivation, size);
            before = kept.preActivation;
        }
        expand.forward(engine, rows, x, before);
        activation.forward(engine, size, before, kept.hidden);
        contract.forward(engine, rows, kept.hidden, y);
    }

    /**
     * Adds to the gradients of both maps and writes the input gradient.
     *
     * @param engine runs it
     * @param rows rows of x and dY
     * @param x [rows x modelDim], the input of the forward pass; not modified
     * @param dY [rows x modelDim]; not modified unless it is dX
     * @param dX [rows x modelDim]; may be dY where it is overwritten
     * @param write whether dX is overwritten or added to
     * @param kept what the forward pass kept; not modified
     * @param dHidden scratch, [rows x hiddenDim]; overwritten
     * @throws IllegalArgumentException if an array is too small
     */
    public void backward(
            Engine engine,
            int rows,
            float[] x,
            float[] dY,
            float[] dX,
            Write write,
            Activations kept,
            float[] dHidden) {
        int size = Shapes.size("hidden", rows, hiddenDim);
        contract.backward(engine, rows, kept.hidden, dY, dHidden, Write.OVERWRITE);
        float[] before = activation.outputTellsGradient() ? kept.hidden : kept.preActivation;
        activation.backward(engine, size, before, dHidden, dHidden);
        expand.backward(engine, rows, x, dHidden, dX, write);
    }

    /**
     * The columns between the two maps.
     *
     * @return hiddenDim
     */
    public int hiddenDim() {
        return hiddenDim;
    }

    /**
     * The map into the hidden rows.
     *
     * @return {@code x W1 + b1}
     */
    public Linear expand() {
        return expand;
    }

    /**
     * The map out of the hidden rows.
     *
     * @return {@code h W2 + b2}
     */
    public Linear contract() {
        return contract;
    }
}
