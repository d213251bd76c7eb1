package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.MatMulEpilogue;

/** Two linear maps with a function between: {@code y = f(x W1 + b1) W2 + b2}, for each row alone. */
public final class FeedForward {
    /**
     * What the forward pass keeps: the hidden rows before the activation function, or after it where that is enough for its
     * gradient. Grown to the largest batch.
     */
    public static final class Activations {
        private float[] inner = new float[0];
        private final Held held = new Held();
        private final PassBuffers memory = new PassBuffers();

        /** Nothing kept yet. */
        public Activations() {}
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
        kept.held.clear();
        reserve(rows, kept);
        int run = TokenGroups.run(rows);
        reserve(kept.memory, run);
        for (int row = 0; row < rows; row += run) {
            int count = Math.min(run, rows - row);
            int at = row * expand.in();
            forwardRows(engine, row, count, x, at, null, null, null, y, at, kept, kept.memory);
        }
        kept.held.set(rows);
    }

    /**
     * Adds to the gradients of both maps and writes the input gradient.
     *
     * @param engine runs it
     * @param rows rows of x and dY
     * @param x [rows x modelDim], the input of the forward pass; not modified unless it is dX
     * @param dY [rows x modelDim]; not modified unless it is dX
     * @param dX [rows x modelDim]; may be dY or x where it is overwritten
     * @param write whether dX is overwritten or added to
     * @param kept what the forward pass kept; not modified
     * @param dHidden scratch, [rows x hiddenDim], another array than x, dY and dX; overwritten
     * @throws IllegalArgumentException if an array is too small, the scratch is one of the others, or there are other rows
     *     than in the forward pass; nothing is written then
     * @throws IllegalStateException if there has been no forward pass
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
        kept.held.check(rows);
        Shapes.dense("dY", dY, rows, expand.in());
        expand.checkBackward(rows, x, "dHidden", dHidden, dX);
        Shapes.apart("dHidden", dHidden, "x", x);
        Shapes.apart("dHidden", dHidden, "dY", dY);
        int run = TokenGroups.run(rows);
        for (int row = 0; row < rows; row += run) {
            int count = Math.min(run, rows - row);
            contractBackward(
                    engine, row, count, dY, row * expand.in(), null, kept, dHidden, row * hiddenDim,
                    GradientShare.MODEL, kept.memory);
        }
        expand.backward(engine, rows, x, dHidden, dX, write);
    }

    /** Makes room for what is kept of so many rows. */
    void reserve(int rows, Activations kept) {
        kept.inner = Shapes.grow(kept.inner, Shapes.size("hidden", rows, hiddenDim));
    }

    /** Makes room for the hidden rows of one run. */
    void reserve(PassBuffers memory, int rows) {
        if (!activation.outputTellsGradient()) {
            memory.hidden = Shapes.grow(memory.hidden, Shapes.size("hidden", rows, hiddenDim));
        }
    }

    /**
     * Rows from number {@code row} on, from those of x at xAt to those of y at yAt. What the function gives is written to
     * memory that stays in cache, and computed again in the backward pass, unless it is all that is kept: to write it out and
     * read it back takes longer.
     *
     * @param residual what is added to the output, at yAt; null for nothing
     */
    void forwardRows(
            Engine engine, int row, int rows, float[] x, int xAt, WeightPacks expandPacks, WeightPacks contractPacks,
            float[] residual, float[] y, int yAt, Activations kept, PassBuffers memory) {
        int at = row * hiddenDim;
        MatMulEpilogue epilogue = memory.epilogue.clear();
        activation.appendTo(epilogue);
        if (activation.outputTellsGradient()) {
            expand.forward(engine, rows, x, xAt, expandPacks, kept.inner, at, epilogue);
        } else {
            epilogue.keepPreActivation(kept.inner, at, hiddenDim);
            expand.forward(engine, rows, x, xAt, expandPacks, memory.hidden, 0, epilogue);
        }
        epilogue.clear();
        if (residual != null) {
            epilogue.residual(residual, yAt, contract.out());
        }
        if (activation.outputTellsGradient()) {
            contract.forward(engine, rows, kept.inner, at, contractPacks, y, yAt, epilogue);
        } else {
            contract.forward(engine, rows, memory.hidden, 0, contractPacks, y, yAt, epilogue);
        }
    }

    /**
     * From the gradients dY of rows from number {@code row} on: those of the second map, and those of the hidden rows before
     * the function, at dHiddenAt.
     */
    void contractBackward(
            Engine engine, int row, int rows, float[] dY, int dYAt, WeightPacks packs, Activations kept,
            float[] dHidden, int dHiddenAt, GradientShare share, PassBuffers memory) {
        int at = row * hiddenDim;
        if (activation.outputTellsGradient()) {
            contract.parameterGradients(engine, rows, kept.inner, at, dY, dYAt, share);
        } else {
            activation.apply(engine, rows * hiddenDim, kept.inner, at, memory.hidden);
            contract.parameterGradients(engine, rows, memory.hidden, 0, dY, dYAt, share);
        }
        MatMulEpilogue epilogue = memory.epilogue.clear();
        activation.appendTo(epilogue);
        epilogue.derivativeAt(kept.inner, at, hiddenDim);
        contract.inputGradient(engine, rows, dY, dYAt, packs, dHidden, dHiddenAt, Write.OVERWRITE, epilogue);
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
