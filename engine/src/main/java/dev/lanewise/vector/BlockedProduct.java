package dev.lanewise.vector;

import static dev.lanewise.vector.Blocking.ceilDiv;
import static dev.lanewise.vector.Blocking.roundUp;
import static dev.lanewise.vector.VectorMatMul.MR;
import static dev.lanewise.vector.VectorMatMul.NR;

import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * One product in flight: its operands, its packed block of B, and the five loops around the micro-kernel.
 *
 * <pre>
 * for jc in steps of nc over the columns of C             5th loop: a packed block of B [kc x nc] in L3, shared by threads
 *   for pc in steps of kc over the depth                  4th loop
 *     pack B[pc.., jc..] into panels of nr columns          phase PACK, threads share the panels
 *     for ic in steps of mc over the rows of C            3rd loop: phase MULTIPLY, threads share the blocks
 *       pack A[ic.., pc..] into panels of mr rows           in L2 of the thread's core
 *       for jr in steps of nr over the block's columns    2nd loop: a panel of B stays in L1
 *         for ir in steps of mr over the block's rows     1st loop: panels of A stream from L2
 *           C[ir.., jr..] += panel of A * panel of B        the micro-kernel
 * </pre>
 *
 * <p>Each element of C is summed by the same operations in the same order wherever the cuts between blocks of rows and
 * columns lie: a cut in the depth depends on k alone. Hence the same bits for any number of threads.
 *
 * <p>The object is borrowed from a pool, and is the task that it gives to the workers, so a call allocates nothing.
 */
final class BlockedProduct implements Workers.Task {
    /** Packed blocks of A, one for each thread that is at work. */
    private static final Pool<Buffer> BUFFERS = new Pool<>(Buffer::new);

    /**
     * Index of the first panel of B. Collectors that put a large array at the start of a region (G1, ZGC) start its elements
     * 16 bytes behind a cache line, so 12 floats on, every vector of B is one line instead of two; elsewhere it's no loss.
     */
    private static final int FIRST_PANEL = 12;

    /** A packed block of B from this many floats on gets an array of full size, which is large enough for such a place. */
    private static final int LARGE = 1 << 16;

    private final Blocking blocking;
    private final Buffer packedB = new Buffer();
    private float alpha;
    private float[] a;
    private int aOffset;
    private int aRow;
    private int aCol;
    private float[] b;
    private int bOffset;
    private int bRow;
    private int bCol;
    private float beta;
    private float[] c;
    private int cOffset;
    private int ldc;

    /** The block at hand: where it starts and how large it is, in rows of C, columns of C and depth. */
    private int m;

    private int jc;
    private int nb;
    private int pc;
    private int kb;

    /** How the phase at hand is cut into parts. */
    private boolean packing;

    private int panelsPerPart;
    private int rowsPerPart;
    private int columnParts;

    BlockedProduct(Blocking blocking) {
        this.blocking = blocking;
    }

    void a(float factor, float[] values, int offset, int row, int col) {
        alpha = factor;
        a = values;
        aOffset = offset;
        aRow = row;
        aCol = col;
    }

    void b(float[] values, int offset, int row, int col) {
        b = values;
        bOffset = offset;
        bRow = row;
        bCol = col;
    }

    void c(float factor, float[] values, int offset, int ld) {
        beta = factor;
        c = values;
        cOffset = offset;
        ldc = ld;
    }

    /** Runs the product; k is at least 1. */
    void multiply(Workers workers, int rows, int n, int k) {
        m = rows;
        int depth = blocking.depth(k);
        int columns = Blocking.even(n, blocking.nc(), NR);
        int needed = FIRST_PANEL + Packing.size(NR, Math.min(n, columns), depth);
        packedB.grow(needed < LARGE ? needed : FIRST_PANEL + Packing.size(NR, blocking.nc(), blocking.kc()));
        for (jc = 0; jc < n; jc += columns) {
            nb = Math.min(columns, n - jc);
            for (pc = 0; pc < k; pc += depth) {
                kb = Math.min(depth, k - pc);
                runPack(workers);
                runMultiply(workers);
            }
        }
        a = null;
        b = null;
        c = null;
    }

    private void runPack(Workers workers) {
        packing = true;
        int panels = ceilDiv(nb, NR);
        panelsPerPart = ceilDiv(panels, Math.min(panels, workers.threads()));
        workers.run(ceilDiv(panels, panelsPerPart), this);
    }

    private void runMultiply(Workers workers) {
        packing = false;
        int threads = workers.threads();
        rowsPerPart = blocking.rows(m, threads);
        int rowParts = ceilDiv(m, rowsPerPart);
        // Few rows: threads share the columns instead, and each packs the little of A that there is for itself.
        int panels = ceilDiv(nb, NR);
        int wanted = rowParts >= threads ? 1 : Math.min(panels, ceilDiv(threads, rowParts));
        panelsPerPart = ceilDiv(panels, wanted);
        columnParts = ceilDiv(panels, panelsPerPart);
        workers.run(rowParts * columnParts, this);
    }

    @Override
    public void run(int part) {
        if (packing) {
            int first = part * panelsPerPart * NR;
            int count = Math.min(panelsPerPart * NR, nb - first);
            Packing.pack(
                    NR, count, kb, 1f, b, bOffset + pc * bRow + (jc + first) * bCol, bCol, bRow, packedB.data,
                    FIRST_PANEL + first * kb);
            return;
        }
        int ic = part / columnParts * rowsPerPart;
        int first = part % columnParts * panelsPerPart * NR;
        multiplyBlock(ic, Math.min(rowsPerPart, m - ic), first, Math.min(panelsPerPart * NR, nb - first));
    }

    /** The two loops around the micro-kernel, for the rows from ic and the columns from jc + first. */
    private void multiplyBlock(int ic, int mb, int first, int columns) {
        Buffer buffer = BUFFERS.acquire();
        buffer.grow(Packing.size(MR, mb, kb) + MR * NR);
        float[] packedA = buffer.data;
        Packing.pack(MR, mb, kb, alpha, a, aOffset + ic * aRow + pc * aCol, aRow, aCol, packedA, 0);
        int origin = cOffset + ic * ldc + jc + first;
        boolean accumulate = pc > 0 || beta != 0f;
        if (pc == 0 && beta != 0f && beta != 1f) {
            VectorMatMul.scale(mb, columns, beta, c, origin, ldc);
        }
        int spare = packedA.length - MR * NR;
        for (int jr = 0; jr < columns; jr += NR) {
            int panelB = FIRST_PANEL + (first + jr) * kb;
            int tileColumns = Math.min(NR, columns - jr);
            for (int ir = 0; ir < mb; ir += MR) {
                int tileRows = Math.min(MR, mb - ir);
                int at = origin + ir * ldc + jr;
                if (tileRows == MR && tileColumns == NR) {
                    VectorMatMul.tile(kb, packedA, ir * kb, packedB.data, panelB, accumulate, c, at, ldc);
                } else {
                    VectorMatMul.tile(kb, packedA, ir * kb, packedB.data, panelB, false, packedA, spare, NR);
                    copyTile(tileRows, tileColumns, packedA, spare, accumulate, at);
                }
            }
        }
        BUFFERS.release(buffer);
    }

    /** Moves what lies inside C of a tile at its edge. */
    private void copyTile(int rows, int columns, float[] tile, int from, boolean accumulate, int at) {
        for (int i = 0; i < rows; i++) {
            int source = from + i * NR;
            int target = at + i * ldc;
            for (int j = 0; j < columns; j++) {
                c[target + j] = accumulate ? c[target + j] + tile[source + j] : tile[source + j];
            }
        }
    }

    /** An array that grows to the largest size asked for. */
    static final class Buffer {
        float[] data = {};

        void grow(int size) {
            if (data.length < size) {
                data = new float[roundUp(size, 1024)];
            }
        }
    }
}
