package dev.lanewise.scalar;

import dev.lanewise.kernels.EmbeddingKernels;
import dev.lanewise.runtime.Pool;
import java.util.Arrays;

/** Look-ups, their gradients, and pooling over a sequence. */
final class ScalarEmbedding implements EmbeddingKernels {
    private final Pool<Scratch> pool = new Pool<>(Scratch::new);

    @Override
    public void gather(
            int count, int dim, int[] ids, int idsOffset, float[] table, int tableOffset, float[] y, int yOffset,
            int ldy) {
        for (int i = 0; i < count; i++) {
            int id = ids[idsOffset + i];
            int yRow = yOffset + i * ldy;
            if (id < 0) {
                Arrays.fill(y, yRow, yRow + dim, 0f);
            } else {
                System.arraycopy(table, tableOffset + id * dim, y, yRow, dim);
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
                addRow(dim, table, tableOffset + id * dim, y, yOffset + i * ldy);
            }
        }
    }

    @Override
    public void scatterAdd(
            int count, int dim, int[] ids, int idsOffset, int idFrom, int idTo, float[] dY, int dYOffset, int lddY,
            float[] dTable, int dTableOffset) {
        // A negative id stands for nothing, even where the range would include it.
        int from = Math.max(0, idFrom);
        for (int i = 0; i < count; i++) {
            int id = ids[idsOffset + i];
            if (id >= from && id < idTo) {
                addRow(dim, dY, dYOffset + i * lddY, dTable, dTableOffset + id * dim);
            }
        }
    }

    @Override
    public void addPositions(
            int batch, int seqLen, int dim, float[] positions, int positionsOffset, float[] x, int xOffset) {
        int size = seqLen * dim;
        for (int b = 0; b < batch; b++) {
            addRow(size, positions, positionsOffset, x, xOffset + b * size);
        }
    }

    private static void addRow(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] += x[xOffset + i];
        }
    }

    @Override
    public void meanPool(
            int batch, int seqLen, int dim, int[] lengths, int lengthsOffset, float[] x, int xOffset, float[] y,
            int yOffset) {
        Scratch scratch = pool.acquire();
        double[] sums = scratch.sums(dim);
        for (int b = 0; b < batch; b++) {
            int length = lengths[lengthsOffset + b];
            Arrays.fill(sums, 0, dim, 0);
            for (int t = 0; t < length; t++) {
                int row = xOffset + (b * seqLen + t) * dim;
                for (int d = 0; d < dim; d++) {
                    sums[d] += x[row + d];
                }
            }
            for (int d = 0; d < dim; d++) {
                y[yOffset + b * dim + d] = length == 0 ? 0f : (float) (sums[d] / length);
            }
        }
        pool.release(scratch);
    }

    @Override
    public void meanPoolBackward(
            int batch, int seqLen, int dim, int[] lengths, int lengthsOffset, float[] dY, int dYOffset, float[] dX,
            int dXOffset) {
        for (int b = 0; b < batch; b++) {
            int length = lengths[lengthsOffset + b];
            for (int t = 0; t < seqLen; t++) {
                int row = dXOffset + (b * seqLen + t) * dim;
                for (int d = 0; d < dim; d++) {
                    dX[row + d] = t < length ? dY[dYOffset + b * dim + d] / length : 0f;
                }
            }
        }
    }

    @Override
    public void rotary(
            int tokens, int heads, int headDim, boolean interleaved, float sign, float[] cos, float[] sin,
            int[] positions, int positionsOffset, int firstPosition, float[] x, int xOffset, int ldx, float[] y,
            int yOffset, int ldy) {
        int half = headDim / 2;
        int distance = interleaved ? 1 : half;
        for (int t = 0; t < tokens; t++) {
            int table = (positions == null ? firstPosition + t : positions[positionsOffset + t]) * headDim;
            for (int pair = 0; pair < heads * half; pair++) {
                int first = pair / half * headDim + (interleaved ? pair % half * 2 : pair % half);
                int row = table + first % headDim;
                float a = x[xOffset + t * ldx + first];
                float b = x[xOffset + t * ldx + first + distance];
                y[yOffset + t * ldy + first] = a * cos[row] + sign * b * sin[row];
                y[yOffset + t * ldy + first + distance] = b * cos[row + distance] + sign * a * sin[row + distance];
            }
        }
    }
}
