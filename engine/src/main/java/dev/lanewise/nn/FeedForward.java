package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.MatMulEpilogue;

/** Two linear maps with a function between: {@code y = f(x W1 + b1) W2 + b2}, for each row alone. */
public final class FeedForward {
    /** What the forward pass keeps: the hidden rows. Grown to the largest batch. */
    public static final class Activations {
        private float[] preActivation = new float[0];
        private float[] hidden = new float[0];
        private final MatMulEpilogue epilogue = new MatMulEpilogue();

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
        Shapes.dense("x", x, rows, expand.in());
        Shapes.dense("y", y, rows, expand.in());
        reserve(rows, kept);
        expandRows(engine, 0, rows, x, 0, null, kept, kept.epilogue);
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
        Shapes.dense("dY", dY, rows, expand.in());
        Shapes.dense("dHidden", dHidden, rows, hiddenDim);
        contractBackward(engine, 0, rows, dY, 0, null, kept, dHidden, GradientShare.MODEL, kept.epilogue);
        expand.backward(engine, rows, x, dHidden, dX, write);
    }

    /** Makes room for the hidden rows. */
    void reserve(int rows, Activations kept) {
        int size = Shapes.size("hidden", rows, hiddenDim);
        kept.hidden = Shapes.grow(kept.hidden, size);
        if (!activation.outputTellsGradient()) {
            kept.preActivation = Shapes.grow(kept.preActivation, size);
        }
    }

    /** The hidden rows from number {@code row} on, from those of x at xAt. */
    void expandRows(
            Engine engine, int row, int rows, float[] x, int xAt, WeightPacks packs, Activations kept,
            MatMulEpilogue epilogue) {
        epilogue.clear();
        activation.appendTo(epilogue);
        int at = row * hiddenDim;
        if (!activation.outputTellsGradient()) {
            epilogue.keepPreActivation(kept.preActivation, at, hiddenDim);
        }
        expand.forward(engine, rows, x, xAt, packs, kept.hidden, at, epilogue);
        epilogue.clear();
    }

    /**
     * The output of rows from number {@code row} on.
     *
     * @param residual what is added to it, at yAt; null for nothing
     */
    void contractRows(
            Engine engine, int row, int rows, WeightPacks packs, float[] residual, float[] y, int yAt, Activations kept,
            MatMulEpilogue epilogue) {
        epilogue.clear();
        if (residual != null) {
            epilogue.residual(residual, yAt, contract.out());
        }
        contract.forward(engine, rows, kept.hidden, row * hiddenDim, packs, y, yAt, epilogue);
        epilogue.clear();
    }

    /** From the gradients dY of rows from number {@code row} on: those of the second map, and dHidden before the function. */
    void contractBackward(
            Engine engine, int row, int rows, float[] dY, int dYAt, WeightPacks packs, Activations kept,
            float[] dHidden, GradientShare share, MatMulEpilogue epilogue) {
        int at = row * hiddenDim;
        contract.parameterGradients(engine, rows, kept.hidden, at, dY, dYAt, share);
        epilogue.clear();
        activation.appendTo(epilogue);
        epilogue.derivativeAt(activation.outputTellsGradient() ? kept.hidden : kept.preActivation, at, hiddenDim);
        contract.inputGradient(engine, rows, dY, dYAt, packs, dHidden, 0, Write.OVERWRITE, epilogue);
        epilogue.clear();
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
