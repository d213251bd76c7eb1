package dev.lanewise.nn;

import dev.lanewise.Engine;

/**
 * A table of vectors, one for each token: {@code y[i] = table[ids[i]]}. A negative id, or that of
 * padding, yields zeros and has no gradient. Gradients are kept for the rows that occur only.
 */
public final class Embedding {
    /** What the forward pass keeps: the ids, padding made negative. Grown to the largest batch. */
    public static final class Activations {
        private int[] ids = new int[0];
        private final Held held = new Held();

        /** Nothing kept yet. */
        public Activations() {}
    }

    private final int rows;
    private final int dim;
    private final int paddingId;
    private final ParameterTable table;

    /**
     * A table without decay.
     *
     * @param builder takes the table under {@code name}
     * @param name name of the table
     * @param rows number of tokens
     * @param dim columns of each vector
     * @param paddingId the id of padding; negative if padding is always given as a negative id
     * @param initializer gives the vectors their first values; those of padding are never read
     * @throws IllegalArgumentException if a size is below 1 or the id of padding is not below the rows
     */
    public Embedding(
            Parameters.Builder builder,
            String name,
            int rows,
            int dim,
            int paddingId,
            Initializer initializer) {
        this.rows = Shapes.positive(name + ": rows", rows);
        this.dim = Shapes.positive(name + ": dim", dim);
        this.paddingId = paddingId;
        if (paddingId >= rows) {
            throw new IllegalArgumentException(
                    name + ": the id of padding is " + paddingId + ", but there are " + rows + " rows");
        }
        table = builder.addTable(name, rows, dim, initializer, false);
    }

    /**
     * The vectors.
     *
     * @return the table
     */
    public ParameterTable table() {
        return table;
    }

    /**
     * Looks tokens up: {@code y[i] = table[ids[i]]}, or {@code y[i] += table[ids[i]]}.
     *
     * @param engine runs it
     * @param count number of tokens
     * @param ids [count], each below the number of rows; not modified
     * @param y [count x dim]; written
     * @param write whether y is overwritten or added to
     * @param kept receives the ids for {@link #backward}
     * @throws IllegalArgumentException if an id is too large or an array too small
     */
    public void forward(
            Engine engine, int count, int[] ids, float[] y, Write write, Activations kept) {
        Shapes.each("ids", ids, count, "tokens");
        Shapes.dense("y", y, count, dim);
        kept.held.clear();
        kept.ids = Shapes.grow(kept.ids, count);
        for (int i = 0; i < count; i++) {
            int id = ids[i];
            if (id >= rows) {
                throw new IllegalArgumentException(
                        "ids[" + i + "] is " + id + ", but the table has " + rows + " rows");
            }
            kept.ids[i] = id == paddingId ? -1 : id;
        }
        float[] values = table.parameter().values();
        if (write == Write.OVERWRITE) {
            engine.embedding().gather(count, dim, kept.ids, 0, rows, values, 0, y, 0, dim);
        } else {
            engine.embedding().gatherAdd(count, dim, kept.ids, 0, rows, values, 0, y, 0, dim);
        }
        kept.held.set(count);
    }

    /**
     * From {@code y[i] = table[ids[i]]}: adds {@code dY[i]} to the gradient of row {@code ids[i]}, in
     * ascending i, and notes the rows.
     *
     * @param engine runs it
     * @param kept what the forward pass kept; not modified
     * @param dY [count x dim]; not modified
     * @throws IllegalArgumentException if dY is too small
     * @throws IllegalStateException if there has been no forward pass
     */
    public void backward(Engine engine, Activations kept, float[] dY) {
        int count = kept.held.rows();
        Shapes.dense("dY", dY, count, dim);
        engine.embedding()
                .scatterAdd(
                        count, dim, kept.ids, 0, dY, 0, dim, rows,
                        table.parameter().gradients(), 0);
        // After the sum, which refuses what does not fit: so a refused call touches nothing.
        table.touch(count, kept.ids);
    }
}
