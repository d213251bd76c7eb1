package dev.lanewise.vector;

import dev.lanewise.kernels.EmbeddingKernels;
import java.util.Arrays;

/** Tables, positions and pooling, row by row. */
final class VectorEmbedding implements EmbeddingKernels {
    @Override
    public void gather(
            int count, int dim, int[] ids, int idsOffset, float[] table, int tableOffset, float[] y, int yOffset,
            int ldy) {
        for (int i = 0; i < count; i++) {
            int id = ids[idsOffset + i];
            int row = yOffset + i * ldy;
            if (id < 0) {
                Arrays.fill(y, row, row + dim, 0f);
            } else {
                System.arraycopy(table, tableOffset + id * dim, y, row, dim);
            }
        }
    }

    @Override
    public void gatherAdd(
            int count, int dim, int[] ids, int idsOffset, float[] table, int tableOffset, float[] y, int yOffset,
            int ldy) {
        for (int i = 0; i < count; i++) {
            int id = ids[idsOffset + i];
            if (id >= 0) {
                ColumnSums.addRow(dim, table, tableOffset + id * dim, y, yOffset + i * ldy);
            }
        }
    }

    @Override
    public void scatterAdd(
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
            int dTableOffset) {
        int from = Math.max(idFrom, 0);
        for (int i = 0; i < count; i++) {
            int id = ids[idsOffset + i];
            if (id >= from && id < idTo) {
                ColumnSums.addRow(dim, dY, dYOffset + i * lddY, dTable, dTableOffset + id * dim);
            }
        }
    }

    @Override
    public void addPositions(
            int batch, int seqLen, int dim, float[] positions, int positionsOffset, float[] x, int xOffset) {
        int block = seqLen * dim;
        for (int b = 0; b < batch; b++) {
            ColumnSums.addRow(block, positions, positionsOffset, x, xOffset + b * block);
        }
    }

    @Override
    public void meanPool(
            int batch,
            int seqLen,
            int dim,
            int[] lengths,
            int lengthsOffset,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset) {
        for (int b = 0; b < batch; b++) {
            int length = lengths[lengthsOffset + b];
            int row = yOffset + b * dim;
            Arrays.fill(y, row, row + dim, 0f);
            if (length > 0) {
                ColumnSums.add(length, dim, x, xOffset + b * seqLen * dim, dim, y, row);
                SoftmaxRow.scale(dim, 1f / length, y, row);
            }
        }
    }

    @Override
    public void meanPoolBackward(
            int batch,
            int seqLen,
            int dim,
            int[] lengths,
            int lengthsOffset,
            float[] dY,
            int dYOffset,
            float[] dX,
            int dXOffset) {
        for (int b = 0; b < batch; b++) {
            int length = lengths[lengthsOffset + b];
            int first = dXOffset + b * seqLen * dim;
            if (length > 0) {
                System.arraycopy(dY, dYOffset + b * dim, dX, first, dim);
                SoftmaxRow.scale(dim, 1f / length, dX, first);
            }
            for (int t = 1; t < length; t++) {
                System.arraycopy(dX, first, dX, first + t * dim, dim);
            }
            Arrays.fill(dX, first + length * dim, first + seqLen * dim, 0f);
        }
    }

    @Override
    public void rotary(
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
            int ldy) {
        for (int t = 0; t < tokens; t++) {
            int table = (positions == null ? firstPosition + t : positions[positionsOffset + t]) * headDim;
            for (int head = 0; head < heads; head++) {
                int from = xOffset + t * ldx + head * headDim;
                int to = yOffset + t * ldy + head * headDim;
                if (interleaved) {
                    RotaryRow.interleaved(headDim, sign, cos, sin, table, x, from, y, to);
                } else {
                    RotaryRow.halves(headDim / 2, sign, cos, sin, table, x, from, y, to);
                }
            }
        }
    }
}
