package dev.lanewise.kernels;

/** Look-up tables, positions, and pooling over a sequence. A negative id stands for "nothing": zeros, no gradient. */
public interface EmbeddingKernels {
    /** {@code y[i, :] = table[ids[i], :]}; the table is dense, [tableRows x dim]. */
    void gather(
            int count, int dim, int[] ids, int idsOffset, float[] table, int tableOffset, float[] y, int yOffset,
            int ldy);

    /** {@code y[i, :] += table[ids[i], :]}. */
    void gatherAdd(
            int count, int dim, int[] ids, int idsOffset, float[] table, int tableOffset, float[] y, int yOffset,
            int ldy);

    /**
     * {@code dTable[ids[i], :] += dY[i, :]} in ascending i, for the ids within {@code idFrom..idTo-1} only: threads share
     * the work by rows of the table, and so add in the same order whatever their number.
     */
    void scatterAdd(
            int count,
            int dim,
            int[] ids,
            int idsOffset,
            int idFrom,
            int idTo,
            float[] dY,
            int dYOffset,
            int lddY,
            float[] dTable,
            int dTableOffset);

    /** {@code x[b, t, :] += positions[t, :]}; x is dense, [batch x seqLen x dim], positions [seqLen x dim]. */
    void addPositions(
            int batch, int seqLen, int dim, float[] positions, int positionsOffset, float[] x, int xOffset);

    /**
     * {@code y[b, :] = sum over t < lengths[b] of x[b, t, :] / lengths[b]}; a length of zero yields zeros. x is dense,
     * [batch x seqLen x dim], y is [batch x dim].
     */
    void meanPool(
            int batch,
            int seqLen,
            int dim,
            int[] lengths,
            int lengthsOffset,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset);

    /** {@code dX[b, t, :] = t < lengths[b] ? dY[b, :] / lengths[b] : 0}. */
    void meanPoolBackward(
            int batch,
            int seqLen,
            int dim,
            int[] lengths,
            int lengthsOffset,
            float[] dY,
            int dYOffset,
            float[] dX,
            int dXOffset);

    /**
     * Rotates the pairs of each head of each token: {@code y[t, h, d] = x[t, h, d] * cos[p, d] + sign * x[t, h, d'] *
     * sin[p, d]} with d' the partner of d, which is d xor 1 where the pairs are interleaved, and half a head away where they
     * are not. The tables are dense, [positions x headDim], and sin carries the sign of the rotation. p is
     * {@code positions[positionsOffset + t]}, or {@code firstPosition + t} where positions is null. May be in place.
     */
    void rotary(
            int tokens,
            int heads,
            int headDim,
            boolean interleaved,
            float sign,
            float[] cos,
            float[] sin,
            int[] positions,
            int positionsOffset,
            int firstPosition,
            float[] x,
            int xOffset,
            int ldx,
            float[] y,
            int yOffset,
            int ldy);
}
