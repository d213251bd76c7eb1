package dev.lanewise;

import dev.lanewise.BlockTask.Body;
import dev.lanewise.kernels.EmbeddingKernels;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * Look-up tables, positions, and pooling over a sequence. Tables are dense, [tableRows x dim]. A negative id stands for
 * "nothing": zeros, no gradient. The same arguments give the same bits for any number of threads.
 */
public final class EmbeddingOps {
    /**
     * Where the ranges of ids that threads share in {@link #scatterAdd} end, in 1024ths of the table. Words are numbered by
     * falling frequency, and by Zipf's law each doubling of the id has about equal weight, so the ranges grow; the largest
     * is a quarter, for tables whose ids come evenly.
     */
    private static final int[] RANGE_ENDS = {1, 8, 32, 128, 256, 512, 768, 1024};

    private static final int TABLE = 0;
    private static final int X = 1;
    private static final int Y = 2;
    private static final int DIM = 0;
    private static final int COUNT = 1;
    private static final int TABLE_ROWS = 2;
    private static final int SEQ_LEN = 1;
    private static final int COS = 3;
    private static final int SIN = 4;
    private static final int HEADS = 3;
    private static final int INTERLEAVED = 4;
    private static final int FIRST_POSITION = 5;

    private static final Body<EmbeddingKernels> GATHER = (kernels, task, from, count) -> kernels.gather(
            count, task.size(DIM), task.indices(), task.indicesAt(from), task.data(TABLE), task.at(TABLE, 0),
            task.data(Y), task.at(Y, from), task.ld(Y));

    private static final Body<EmbeddingKernels> GATHER_ADD = (kernels, task, from, count) -> kernels.gatherAdd(
            count, task.size(DIM), task.indices(), task.indicesAt(from), task.data(TABLE), task.at(TABLE, 0),
            task.data(Y), task.at(Y, from), task.ld(Y));

    /** Its units are ranges of ids. */
    private static final Body<EmbeddingKernels> SCATTER_ADD = (kernels, task, from, count) -> kernels.scatterAdd(
            task.size(COUNT), task.size(DIM), task.indices(), task.indicesAt(0),
            from == 0 ? 0 : rangeEnd(from - 1, task.size(TABLE_ROWS)),
            rangeEnd(from + count - 1, task.size(TABLE_ROWS)), task.data(Y), task.at(Y, 0), task.ld(Y),
            task.data(TABLE), task.at(TABLE, 0));

    private static final Body<EmbeddingKernels> ADD_POSITIONS = (kernels, task, from, count) -> kernels.addPositions(
            count, task.size(SEQ_LEN), task.size(DIM), task.data(TABLE), task.at(TABLE, 0), task.data(X),
            task.at(X, from));

    private static final Body<EmbeddingKernels> MEAN_POOL = (kernels, task, from, count) -> kernels.meanPool(
            count, task.size(SEQ_LEN), task.size(DIM), task.indices(), task.indicesAt(from), task.data(X),
            task.at(X, from), task.data(Y), task.at(Y, from));

    private static final Body<EmbeddingKernels> MEAN_POOL_BACKWARD = (kernels, task, from, count) -> kernels
            .meanPoolBackward(
                    count, task.size(SEQ_LEN), task.size(DIM), task.indices(), task.indicesAt(from), task.data(Y),
                    task.at(Y, from), task.data(X), task.at(X, from));

    private static final Body<EmbeddingKernels> ROTARY = (kernels, task, from, count) -> kernels.rotary(
            count, task.size(HEADS), task.size(DIM), task.size(INTERLEAVED) != 0, task.factor(0), task.data(COS),
            task.data(SIN), task.indices(), task.indicesAt(from), task.size(FIRST_POSITION) + from, task.data(X),
            task.at(X, from), task.ld(X), task.data(Y), task.at(Y, from), task.ld(Y));

    private final Pool<BlockTask<EmbeddingKernels>> tasks;

    EmbeddingOps(EmbeddingKernels kernels, Workers workers, Lifetime lifetime) {
        tasks = BlockTask.pool(kernels, workers, lifetime);
    }

    /**
     * {@code y[i, :] = table[ids[i], :]}; zeros for a negative id.
     *
     * @param count number of ids, rows of y
     * @param dim columns of the table and of y
     * @param ids below {@code tableRows}; not modified
     * @param idsOffset index of the first
     * @param tableRows rows of the table
     * @param table [tableRows x dim]; not modified
     * @param tableOffset index of its first element
     * @param y [count x dim]; overwritten
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @throws IllegalArgumentException if an id is not in the table, an operand does not lie inside its array, or y overlaps
     *     the table
     */
    public void gather(
            int count, int dim, int[] ids, int idsOffset, int tableRows, float[] table, int tableOffset, float[] y,
            int yOffset, int ldy) {
        checkRows(count, dim, ids, idsOffset, tableRows, "table", table, tableOffset, "y", y, yOffset, ldy, true);
        if (count == 0 || dim == 0) {
            return;
        }
        tasks.acquire().indices(ids, idsOffset).operand(TABLE, table, tableOffset, dim).operand(Y, y, yOffset, ldy)
                .size(DIM, dim).run(GATHER, count, Blocks.rows(dim));
    }

    /**
     * {@code y[i, :] += table[ids[i], :]}; nothing for a negative id.
     *
     * @param count number of ids, rows of y
     * @param dim columns of the table and of y
     * @param ids below {@code tableRows}; not modified
     * @param idsOffset index of the first
     * @param tableRows rows of the table
     * @param table [tableRows x dim]; not modified
     * @param tableOffset index of its first element
     * @param y [count x dim]; added to
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @throws IllegalArgumentException if an id is not in the table, an operand does not lie inside its array, or y overlaps
     *     the table
     */
    public void gatherAdd(
            int count, int dim, int[] ids, int idsOffset, int tableRows, float[] table, int tableOffset, float[] y,
            int yOffset, int ldy) {
        checkRows(count, dim, ids, idsOffset, tableRows, "table", table, tableOffset, "y", y, yOffset, ldy, true);
        if (count == 0 || dim == 0) {
            return;
        }
        tasks.acquire().indices(ids, idsOffset).operand(TABLE, table, tableOffset, dim).operand(Y, y, yOffset, ldy)
                .size(DIM, dim).run(GATHER_ADD, count, Blocks.rows(dim));
    }

    /**
     * {@code dTable[ids[i], :] += dY[i, :]} in ascending i; nothing for a negative id.
     *
     * @param count number of ids, rows of dY
     * @param dim columns of the table and of dY
     * @param ids below {@code tableRows}; an id may occur many times; not modified
     * @param idsOffset index of the first
     * @param dY [count x dim]; not modified
     * @param dYOffset index of its first element
     * @param lddY distance between its rows
     * @param tableRows rows of the table
     * @param dTable gradient of the table, [tableRows x dim]; added to
     * @param dTableOffset index of its first element
     * @throws IllegalArgumentException if an id is not in the table, an operand does not lie inside its array, or dTable
     *     overlaps dY
     */
    public void scatterAdd(
            int count, int dim, int[] ids, int idsOffset, float[] dY, int dYOffset, int lddY, int tableRows,
            float[] dTable,
            int dTableOffset) {
        checkRows(count, dim, ids, idsOffset, tableRows, "dTable", dTable, dTableOffset, "dY", dY, dYOffset, lddY,
                false);
        if (count == 0 || dim == 0) {
            return;
        }
        boolean small = (long) count * dim <= Blocks.ELEMENTS;
        tasks.acquire().indices(ids, idsOffset).operand(TABLE, dTable, dTableOffset, dim)
                .operand(Y, dY, dYOffset, lddY).size(COUNT, count).size(DIM, dim).size(TABLE_ROWS, tableRows)
                .run(SCATTER_ADD, RANGE_ENDS.length, small ? RANGE_ENDS.length : 1);
    }

    private static int rangeEnd(int range, int tableRows) {
        return (int) ((long) tableRows * RANGE_ENDS[range] / 1024);
    }

    private static void checkRows(
            int count, int dim, int[] ids, int idsOffset, int tableRows, String tableName, float[] table,
            int tableOffset,
            String rowsName, float[] rows, int rowsOffset, int ldRows, boolean rowsAreOutput) {
        Checks.matrix(tableName, table, tableOffset, tableRows, dim, dim);
        Checks.matrix(rowsName, rows, rowsOffset, count, dim, ldRows);
        Checks.vector("ids", ids, idsOffset, count);
        Indices.below("ids", ids, idsOffset, count, tableRows);
        if (rowsAreOutput) {
            Overlap.separateMatrices(
                    rowsName, rows, rowsOffset, count, dim, ldRows, tableName, table, tableOffset, tableRows, dim, dim);
        } else {
            Overlap.separateMatrices(
                    tableName, table, tableOffset, tableRows, dim, dim, rowsName, rows, rowsOffset, count, dim, ldRows);
        }
    }

    /**
     * {@code x[b, t, :] += positions[t, :]}.
     *
     * @param batch number of sequences
     * @param seqLen positions in each
     * @param dim elements of a position
     * @param positions [seqLen x dim]; not modified
     * @param positionsOffset index of its first element
     * @param x [batch x seqLen x dim], dense; added to
     * @param xOffset index of its first element
     * @throws IllegalArgumentException if an operand does not lie inside its array, or x overlaps the positions
     */
    public void addPositions(
            int batch, int seqLen, int dim, float[] positions, int positionsOffset, float[] x, int xOffset) {
        long xSize = sequences("x", batch, seqLen, dim, x, xOffset);
        Checks.matrix("positions", positions, positionsOffset, seqLen, dim, dim);
        Overlap.separateVectors("x", x, xOffset, xSize, "positions", positions, positionsOffset, (long) seqLen * dim);
        if (xSize == 0) {
            return;
        }
        tasks.acquire().operand(TABLE, positions, positionsOffset, dim).operand(X, x, xOffset, seqLen * dim)
                .size(SEQ_LEN, seqLen).size(DIM, dim)
                .run(ADD_POSITIONS, batch, Blocks.rows((long) seqLen * dim));
    }

    /**
     * {@code y[b, :] = sum over t < lengths[b] of x[b, t, :] / lengths[b]}; a length of zero yields zeros.
     *
     * @param batch number of sequences
     * @param seqLen positions in each
     * @param dim elements of a position
     * @param lengths positions that count, one number a sequence, within 0..seqLen; not modified
     * @param lengthsOffset index of the first
     * @param x [batch x seqLen x dim], dense; not modified
     * @param xOffset index of its first element
     * @param y [batch x dim], dense; overwritten
     * @param yOffset index of its first element
     * @throws IllegalArgumentException if a length is out of range, an operand does not lie inside its array, or y overlaps
     *     x
     */
    public void meanPool(
            int batch, int seqLen, int dim, int[] lengths, int lengthsOffset, float[] x, int xOffset, float[] y,
            int yOffset) {
        long xSize = sequences("x", batch, seqLen, dim, x, xOffset);
        Checks.matrix("y", y, yOffset, batch, dim, dim);
        Checks.vector("lengths", lengths, lengthsOffset, batch);
        Indices.within("lengths", lengths, lengthsOffset, batch, 0, seqLen);
        Overlap.separateVectors("y", y, yOffset, (long) batch * dim, "x", x, xOffset, xSize);
        if (batch == 0 || dim == 0) {
            return;
        }
        tasks.acquire().indices(lengths, lengthsOffset).operand(X, x, xOffset, seqLen * dim)
                .operand(Y, y, yOffset, dim).size(SEQ_LEN, seqLen).size(DIM, dim)
                .run(MEAN_POOL, batch, Blocks.rows((long) seqLen * dim));
    }

    /**
     * {@code dX[b, t, :] = t < lengths[b] ? dY[b, :] / lengths[b] : 0}.
     *
     * @param batch number of sequences
     * @param seqLen positions in each
     * @param dim elements of a position
     * @param lengths positions that count, one number a sequence, within 0..seqLen; not modified
     * @param lengthsOffset index of the first
     * @param dY gradient of y, [batch x dim], dense; not modified
     * @param dYOffset index of its first element
     * @param dX gradient of x, [batch x seqLen x dim], dense; overwritten
     * @param dXOffset index of its first element
     * @throws IllegalArgumentException if a length is out of range, an operand does not lie inside its array, or dX
     *     overlaps dY
     */
    public void meanPoolBackward(
            int batch, int seqLen, int dim, int[] lengths, int lengthsOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        long xSize = sequences("dX", batch, seqLen, dim, dX, dXOffset);
        Checks.matrix("dY", dY, dYOffset, batch, dim, dim);
        Checks.vector("lengths", lengths, lengthsOffset, batch);
        Indices.within("lengths", lengths, lengthsOffset, batch, 0, seqLen);
        Overlap.separateVectors("dX", dX, dXOffset, xSize, "dY", dY, dYOffset, (long) batch * dim);
        if (xSize == 0) {
            return;
        }
        tasks.acquire().indices(lengths, lengthsOffset).operand(X, dX, dXOffset, seqLen * dim)
                .operand(Y, dY, dYOffset, dim).size(SEQ_LEN, seqLen).size(DIM, dim)
                .run(MEAN_POOL_BACKWARD, batch, Blocks.rows((long) seqLen * dim));
    }

    /**
     * Rotary position embedding: each pair (a, b) of elements of each head of a token becomes
     * {@code (a * cos - b * sin, b * cos + a * sin)}, with the angle that the table has for the token's position and the
     * pair. The dot product of a rotated query and a rotated key depends on the distance of their positions alone.
     * Source: Su and others, RoFormer, 2021 (2104.09864).
     *
     * @param tokens number of tokens, rows of x and y
     * @param heads heads of a token, which lie side by side
     * @param table the cosines and sines, with the size of a head
     * @param positions position of each token, within those of the table, or null where token t is at
     *     {@code firstPosition + t}; not modified
     * @param positionsOffset index of the first
     * @param firstPosition position of the first token where positions is null; otherwise without effect
     * @param x [tokens x heads * headDim]; not modified unless y is x
     * @param xOffset index of its first element
     * @param ldx distance between its rows
     * @param y [tokens x heads * headDim]; overwritten; may be x in place
     * @param yOffset index of its first element
     * @param ldy distance between its rows
     * @throws IllegalArgumentException if a position is not in the table, an operand does not lie inside its array, or y
     *     overlaps x without being x
     */
    public void rotary(
            int tokens, int heads, RotaryTable table, int[] positions, int positionsOffset, int firstPosition,
            float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        rotate(tokens, heads, table, positions, positionsOffset, firstPosition, 1f, "x", x, xOffset, ldx, "y", y,
                yOffset, ldy);
    }

    /**
     * The gradient of {@link #rotary}, which is the rotation back: {@code (a * cos + b * sin, b * cos - a * sin)}.
     *
     * @param tokens number of tokens, rows of x and y
     * @param heads heads of a token, which lie side by side
     * @param table the cosines and sines, with the size of a head
     * @param positions position of each token, within those of the table, or null where token t is at
     *     {@code firstPosition + t}; not modified
     * @param positionsOffset index of the first
     * @param firstPosition position of the first token where positions is null; otherwise without effect
     * @param dY gradient of y, [tokens x heads * headDim]; not modified unless dX is dY
     * @param dYOffset index of its first element
     * @param lddY distance between its rows
     * @param dX gradient of x, [tokens x heads * headDim]; overwritten; may be dY in place
     * @param dXOffset index of its first element
     * @param lddX distance between its rows
     * @throws IllegalArgumentException if a position is not in the table, an operand does not lie inside its array, or dX
     *     overlaps dY without being dY
     */
    public void rotaryBackward(
            int tokens, int heads, RotaryTable table, int[] positions, int positionsOffset, int firstPosition,
            float[] dY, int dYOffset, int lddY, float[] dX, int dXOffset, int lddX) {
        rotate(tokens, heads, table, positions, positionsOffset, firstPosition, -1f, "dY", dY, dYOffset, lddY, "dX",
                dX, dXOffset, lddX);
    }

    private void rotate(
            int tokens, int heads, RotaryTable table, int[] positions, int positionsOffset, int firstPosition,
            float sign, String inName, float[] in, int inOffset, int ldIn, String outName, float[] out, int outOffset,
            int ldOut) {
        Checks.notNegative("heads", heads);
        int cols = Checks.size(heads, table.headDim());
        Checks.matrix(inName, in, inOffset, tokens, cols, ldIn);
        Checks.matrix(outName, out, outOffset, tokens, cols, ldOut);
        Overlap.matrices(outName, out, outOffset, ldOut, inName, in, inOffset, ldIn, tokens, cols);
        if (positions != null) {
            Checks.vector("positions", positions, positionsOffset, tokens);
            Indices.within("positions", positions, positionsOffset, tokens, 0, table.positions() - 1);
        } else if (firstPosition < 0 || (long) firstPosition + tokens > table.positions()) {
            throw new IllegalArgumentException(
                    tokens + " tokens from position " + firstPosition + " end beyond the " + table.positions()
                            + " positions of the table; make a longer one");
        }
        if (tokens == 0 || cols == 0) {
            return;
        }
        tasks.acquire().indices(positions, positionsOffset).operand(COS, table.cos(), 0, 0)
                .operand(SIN, table.sin(), 0, 0).operand(X, in, inOffset, ldIn).operand(Y, out, outOffset, ldOut)
                .size(HEADS, heads).size(DIM, table.headDim()).size(FIRST_POSITION, firstPosition)
                .size(INTERLEAVED, table.layout() == RotaryTable.Layout.INTERLEAVED ? 1 : 0).factor(0, sign)
                .run(ROTARY, tokens, Blocks.rows(cols));
    }

    /** Checks a dense [batch x seqLen x dim] tensor and returns its number of elements. */
    private static long sequences(String name, int batch, int seqLen, int dim, float[] data, int offset) {
        Checks.notNegative("batch", batch);
        Checks.notNegative("seqLen", seqLen);
        Checks.notNegative("dim", dim);
        // Two steps, each below 2^62: three factors below 2^31 overflow even a long.
        long sequence = (long) seqLen * dim;
        if (sequence > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    name + ": a sequence of [" + seqLen + " x " + dim + "] has more elements than an array");
        }
        long size = batch * sequence;
        int length = Checks.length(name, data);
        if (offset < 0 || offset + size > length) {
            throw new IllegalArgumentException(
                    name + ": [" + batch + " x " + seqLen + " x " + dim + "] from index " + offset + " ends at index "
                            + (offset + size) + ", but its array has " + length + " elements");
        }
        return size;
    }
}
