package dev.lanewise.vector;

import static dev.lanewise.vector.Blocking.ceilDiv;

import dev.lanewise.kernels.Epilogue;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * One product in flight, or a batch of products of one shape: the operands, and how the work is cut into parts. Every part is
 * computed by one thread, by itself: threads share nothing that they write, and nobody waits for anybody but at the end.
 *
 * <p>The object is borrowed from a pool and is itself the task that the workers run, so a call allocates nothing.
 */
final class Product implements Workers.Task {
    /** Products of a batch are handed out in runs: as many as give each thread so many of them. */
    private static final int RUNS_PER_THREAD = 8;

    int m;
    int n;
    int k;
    float alpha;
    float[] a;
    int aOffset;
    int aRow;
    int aCol;
    int aBatch;

    /** The right operand as it lies in memory; or packed, and then b is null. */
    float[] b;

    int bOffset;
    int bRow;
    int bCol;
    int bBatch;
    BlockedB packedB;
    float beta;
    float[] c;
    int cOffset;
    int ldc;
    int cBatch;
    Epilogue epilogue;

    private final Pool<BlockedProduct> loops;
    private final Split split = new Split(RegisterTile.NR);
    private int batch;
    private int productsPerPart;

    /** Loops are kept for each thread that is at work, with the memory for what they pack. */
    Product(Pool<BlockedProduct> loops) {
        this.loops = loops;
    }

    void size(int rows, int columns, int depth) {
        m = rows;
        n = columns;
        k = depth;
    }

    void a(float factor, float[] values, int offset, int row, int col, int distance) {
        alpha = factor;
        a = values;
        aOffset = offset;
        aRow = row;
        aCol = col;
        aBatch = distance;
    }

    void b(float[] values, int offset, int row, int col, int distance) {
        b = values;
        bOffset = offset;
        bRow = row;
        bCol = col;
        bBatch = distance;
        packedB = null;
    }

    void b(BlockedB packed) {
        b = null;
        bBatch = 0;
        packedB = packed;
    }

    void c(float factor, float[] values, int offset, int ld, int distance) {
        beta = factor;
        c = values;
        cOffset = offset;
        ldc = ld;
        cBatch = distance;
    }

    /** Runs {@code count} products; the sizes are at least 1. */
    void run(Workers workers, int count, Epilogue last) {
        batch = count;
        epilogue = last;
        int threads = workers.threads();
        boolean whole = count >= threads;
        split.cut(m, n, k, whole && count > 1 ? 1 : threads);
        productsPerPart = whole ? ceilDiv(count, threads * RUNS_PER_THREAD) : 1;
        int parts = ceilDiv(count, productsPerPart) * split.parts();
        if (parts == 1) {
            run(0);
        } else {
            workers.run(parts, this);
        }
    }

    /** Whether all of C has so many elements. */
    boolean isFar(int elements) {
        return (long) batch * m * n >= elements;
    }

    /** Whether all of A has so many elements. */
    boolean isCold(int elements) {
        return (long) batch * m * k >= elements;
    }

    @Override
    public void run(int part) {
        int rectangle = part % split.parts();
        int first = part / split.parts() * productsPerPart;
        BlockedProduct borrowed = loops.acquire();
        for (int i = first; i < Math.min(batch, first + productsPerPart); i++) {
            borrowed.multiply(
                    this, i, split.firstRow(rectangle), split.endRow(rectangle), split.firstColumn(rectangle),
                    split.endColumn(rectangle));
        }
        loops.release(borrowed);
    }

    /** Forgets the arrays, which the pool would keep from being collected. */
    void clear() {
        a = null;
        b = null;
        packedB = null;
        c = null;
        epilogue = null;
    }
}
