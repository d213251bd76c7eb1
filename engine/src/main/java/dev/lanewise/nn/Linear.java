package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.MatMulEpilogue;
import dev.lanewise.Transpose;
import java.util.List;

/**
 * An affine map of rows: {@code y = x W + b}, with {@code W} [in x out] and {@code b} [out]. Arrays
 * are dense from index 0.
 */
public final class Linear {
    private final int in;
    private final int out;
    private final Parameter weight;
    private final Parameter bias;
    private volatile MatMulEpilogue biasAlone;

    /**
     * A layer whose weights start uniform after Glorot and Bengio and whose bias starts at zero.
     *
     * @param builder takes the parameters {@code name.weight} and {@code name.bias}
     * @param name name of the layer
     * @param in columns of the input
     * @param out columns of the output
     * @throws IllegalArgumentException if a size is below 1
     */
    public Linear(Parameters.Builder builder, String name, int in, int out) {
        this(builder, name, in, out, Initializer.xavier(in, out));
    }

    /**
     * A layer whose bias starts at zero.
     *
     * @param builder takes the parameters {@code name.weight} and {@code name.bias}
     * @param name name of the layer
     * @param in columns of the input
     * @param out columns of the output
     * @param initializer gives the weights their first values
     * @throws IllegalArgumentException if a size is below 1
     */
    public Linear(
            Parameters.Builder builder, String name, int in, int out, Initializer initializer) {
        this.in = Shapes.positive(name + ": in", in);
        this.out = Shapes.positive(name + ": out", out);
        weight = builder.add(name + ".weight", in, out, initializer, true);
        bias = builder.add(name + ".bias", 1, out, Initializer.constant(0f), false);
    }

    /**
     * The columns of the input.
     *
     * @return rows of the weight
     */
    public int in() {
        return in;
    }

    /**
     * The columns of the output.
     *
     * @return columns of the weight
     */
    public int out() {
        return out;
    }

    /**
     * The matrix of the map.
     *
     * @return [in x out]
     */
    public Parameter weight() {
        return weight;
    }

    /**
     * What is added to each row.
     *
     * @return [1 x out]
     */
    public Parameter bias() {
        return bias;
    }

    /**
     * {@code y = x W + b}.
     *
     * @param engine runs it
     * @param rows rows of x and y
     * @param x [rows x in]; not modified, needed again by {@link #backward}
     * @param y [rows x out]; overwritten, another array than x
     * @throws IllegalArgumentException if an array is too small
     */
    public void forward(Engine engine, int rows, float[] x, float[] y) {
        Shapes.dense("x", x, rows, in);
        Shapes.dense("y", y, rows, out);
        engine.matMul()
                .multiply(
                        Transpose.NO, Transpose.NO, rows, out, in, 1f, x, 0, in, weight.values(),
                        weight.offset(), out, 0f, y, 0, out, biasAlone());
    }

    /** An epilogue that nobody changes, so that all threads may use it; two of them may make one each. */
    private MatMulEpilogue biasAlone() {
        MatMulEpilogue epilogue = biasAlone;
        if (epilogue == null) {
            epilogue = new MatMulEpilogue().bias(bias.values(), bias.offset());
            biasAlone = epilogue;
        }
        return epilogue;
    }

    /**
     * From {@code y = x W + b}: adds {@code transpose(x) dY} to dW and the column sums of dY to db, and
     * writes {@code dX = dY transpose(W)}.
     *
     * @param engine runs it
     * @param rows rows of x and dY
     * @param x [rows x in], the input of the forward pass; not modified unless it is dX
     * @param dY [rows x out]; not modified
     * @param dX [rows x in], another array than dY; may be x where it is overwritten; null if it is not wanted
     * @param write whether dX is overwritten or added to
     * @throws IllegalArgumentException if an array is too small, or dX is dY; nothing is written then
     */
    public void backward(Engine engine, int rows, float[] x, float[] dY, float[] dX, Write write) {
        checkBackward(rows, x, "dY", dY, dX);
        parameterGradients(engine, rows, x, 0, dY, 0, GradientShare.MODEL);
        if (dX != null) {
            inputGradient(engine, rows, dY, 0, null, dX, 0, write, null);
        }
    }

    /** What {@link #backward} asks of its arrays: for layers that write something before they call it, too. */
    void checkBackward(int rows, float[] x, String dYName, float[] dY, float[] dX) {
        Shapes.dense("x", x, rows, in);
        Shapes.dense(dYName, dY, rows, out);
        if (dX != null) {
            Shapes.dense("dX", dX, rows, in);
            Shapes.apart("dX", dX, dYName, dY);
        }
    }

    /**
     * {@code y = x W + b} for rows of larger arrays, from indices xAt and yAt on.
     *
     * @param packs W, packed; null to read it where it lies
     * @param epilogue what follows; its bias is set to b
     */
    void forward(
            Engine engine, int rows, float[] x, int xAt, WeightPacks packs, float[] y, int yAt,
            MatMulEpilogue epilogue) {
        product(engine, rows, x, xAt, packs, y, yAt, epilogue.bias(bias.values(), bias.offset()));
    }

    /** Weight and bias. */
    List<Parameter> parameters() {
        return List.of(weight, bias);
    }

    /** {@code y = x W} for rows of larger arrays, followed by the epilogue; null for none. */
    void product(
            Engine engine, int rows, float[] x, int xAt, WeightPacks packs, float[] y, int yAt,
            MatMulEpilogue epilogue) {
        if (packs == null) {
            engine.matMul()
                    .multiply(
                            Transpose.NO, Transpose.NO, rows, out, in, 1f, x, xAt, in, weight.values(),
                            weight.offset(), out, 0f, y, yAt, out, epilogue);
        } else {
            engine.matMul()
                    .multiply(Transpose.NO, rows, 1f, x, xAt, in, packs.forward(), 0f, y, yAt, out, epilogue);
        }
    }

    /**
     * {@code dX = dY transpose(W)} for rows of larger arrays, from indices dYAt and dXAt on.
     *
     * @param packs the transpose of W, packed; null to read W where it lies
     * @param epilogue what follows; null for nothing
     */
    void inputGradient(
            Engine engine, int rows, float[] dY, int dYAt, WeightPacks packs, float[] dX, int dXAt, Write write,
            MatMulEpilogue epilogue) {
        if (packs == null) {
            engine.matMul()
                    .multiply(
                            Transpose.NO, Transpose.YES, rows, in, out, 1f, dY, dYAt, out, weight.values(),
                            weight.offset(), out, write.beta(), dX, dXAt, in, epilogue);
        } else {
            engine.matMul()
                    .multiply(
                            Transpose.NO, rows, 1f, dY, dYAt, out, packs.transposed(), write.beta(), dX, dXAt, in,
                            epilogue);
        }
    }

    /** Adds {@code transpose(x) dY} to dW and the column sums of dY to db, for rows from indices xAt and dYAt on. */
    void parameterGradients(
            Engine engine, int rows, float[] x, int xAt, float[] dY, int dYAt, GradientShare share) {
        engine.matMul()
                .multiply(
                        Transpose.YES, Transpose.NO, in, out, rows, 1f, x, xAt, in, dY, dYAt, out, 1f,
                        share.array(weight), share.at(weight), out);
        engine.elementwise()
                .biasGradient(rows, out, dY, dYAt, out, share.array(bias), share.at(bias));
    }
}
