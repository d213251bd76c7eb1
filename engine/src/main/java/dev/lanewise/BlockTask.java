package dev.lanewise;

import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;
import java.util.Arrays;

/**
 * One call of a facade in flight: its operands, and how its rows, columns or elements are cut into blocks. The object is
 * borrowed from a pool and is itself the task that the workers run, so a call allocates nothing; a lambda that captured the
 * operands would be made anew by each call.
 *
 * <p>A family keeps one pool, names its operands by small numbers, and has a constant for each operation that says how the
 * kernel is called for some of the units:
 *
 * <pre>{@code
 * private static final int X = 0;
 * private static final int Y = 1;
 * private static final BlockTask.Body<SoftmaxKernels> SOFTMAX = (kernels, task, from, count) -> kernels.softmax(
 *         count, task.size(0), task.data(X), task.at(X, from), task.ld(X), task.data(Y), task.at(Y, from), task.ld(Y));
 *
 * private final Pool<BlockTask<SoftmaxKernels>> tasks;   // BlockTask.pool(kernels, workers, lifetime)
 *
 * tasks.acquire().operand(X, x, xOffset, ldx).operand(Y, y, yOffset, ldy).size(0, cols)
 *         .run(SOFTMAX, rows, Blocks.rows(cols));
 * }</pre>
 *
 * The body must capture nothing. {@link #run} gives the task back to its pool: it must not be touched afterwards.
 *
 * @param <K> the kernels that are called
 */
final class BlockTask<K> implements Workers.Task {
    /** How an operation calls its kernel for the units {@code from..from+count-1}. */
    @FunctionalInterface
    interface Body<K> {
        /** Computes {@code count} units, the first of which is number {@code from}. */
        void run(K kernels, BlockTask<K> task, int from, int count);
    }

    private static final int OPERANDS = 12;
    private static final int NUMBERS = 8;

    /**
     * Units of one go at most. Kernels count in groups of vectors, and what lies behind the last group must be an int too. More
     * units than that are single elements, and this is a whole number of their blocks.
     */
    private static final int MOST_UNITS = 1 << 30;

    private final K kernels;
    private final Workers workers;
    private final Lifetime lifetime;
    private final Pool<BlockTask<K>> home;
    private final float[][] data = new float[OPERANDS][];
    private final int[] offsets = new int[OPERANDS];
    private final int[] distances = new int[OPERANDS];
    private final int[] sizes = new int[NUMBERS];
    private final float[] factors = new float[NUMBERS];
    private final long[] keys = new long[2];
    private int[] indices;
    private int indicesOffset;
    private double[] results = new double[0];
    private float[] scratch = new float[0];
    private Body<K> body;
    private int units;
    private int blockSize;

    private BlockTask(K kernels, Workers workers, Lifetime lifetime, Pool<BlockTask<K>> home) {
        this.kernels = kernels;
        this.workers = workers;
        this.lifetime = lifetime;
        this.home = home;
    }

    /** A pool of tasks that call the given kernels on the given team, while its engine is open. */
    static <K> Pool<BlockTask<K>> pool(K kernels, Workers workers, Lifetime lifetime) {
        return new Home<>(kernels, workers, lifetime).tasks;
    }

    /** The pool and what its objects are made of; they know it, to go back there by themselves. */
    private static final class Home<K> {
        final Pool<BlockTask<K>> tasks;

        Home(K kernels, Workers workers, Lifetime lifetime) {
            tasks = new Pool<>(() -> new BlockTask<>(kernels, workers, lifetime, home()));
        }

        private Pool<BlockTask<K>> home() {
            return tasks;
        }
    }

    /** Sets an operand whose unit u begins at {@code offset + u * ld}; {@code ld} is 0 for what all units share. */
    BlockTask<K> operand(int operand, float[] values, int offset, int ld) {
        data[operand] = values;
        offsets[operand] = offset;
        distances[operand] = ld;
        return this;
    }

    /** Sets the operand of integers, one a unit: ids, labels or lengths. */
    BlockTask<K> indices(int[] values, int offset) {
        indices = values;
        indicesOffset = offset;
        return this;
    }

    /** Sets a whole number that all units share. */
    BlockTask<K> size(int number, int value) {
        sizes[number] = value;
        return this;
    }

    /** Sets a real number that all units share. */
    BlockTask<K> factor(int number, float value) {
        factors[number] = value;
        return this;
    }

    /** Sets a long number that all units share. */
    BlockTask<K> key(int number, long value) {
        keys[number] = value;
        return this;
    }

    float[] data(int operand) {
        return data[operand];
    }

    /** Where the given unit of an operand begins. */
    int at(int operand, int unit) {
        return offsets[operand] + unit * distances[operand];
    }

    /** The distance between two units of an operand. */
    int ld(int operand) {
        return distances[operand];
    }

    int[] indices() {
        return indices;
    }

    int indicesAt(int unit) {
        return indicesOffset + unit;
    }

    int size(int number) {
        return sizes[number];
    }

    float factor(int number) {
        return factors[number];
    }

    long key(int number) {
        return keys[number];
    }

    /** The number of the block that begins at the given unit, which is where the body may leave its result. */
    int block(int from) {
        return from / blockSize;
    }

    /** One number a block; only in {@link #runAndSum}. */
    double[] results() {
        return results;
    }

    /** Memory for what blocks leave to be summed; see {@link #reserve}. */
    float[] scratch() {
        return scratch;
    }

    /** Makes {@link #scratch} at least so large; it holds whatever its last user left there. */
    BlockTask<K> reserve(long elements) {
        if (scratch.length < elements) {
            scratch = new float[Math.toIntExact(elements)];
        }
        return this;
    }

    /**
     * Runs the body over all units, in blocks of the given size on several threads or in one go on one, and gives the task
     * back. The body must come to the same bits either way.
     */
    void run(Body<K> operation, int unitCount, int unitsPerBlock) {
        cut(operation, unitCount, unitsPerBlock);
        try {
            lifetime.check();
            if (workers.threads() == 1 || unitCount <= unitsPerBlock) {
                operation.run(kernels, this, 0, Math.min(unitCount, MOST_UNITS));
                if (unitCount > MOST_UNITS) {
                    operation.run(kernels, this, MOST_UNITS, unitCount - MOST_UNITS);
                }
            } else {
                workers.run(Blocks.count(unitCount, unitsPerBlock), this);
            }
        } finally {
            giveBack();
        }
    }

    /** Runs the body block by block on any number of threads, then a second one, once, for all units; gives the task back. */
    void runBlocks(Body<K> operation, int unitCount, int unitsPerBlock, Body<K> last) {
        cut(operation, unitCount, unitsPerBlock);
        try {
            lifetime.check();
            workers.run(Blocks.count(unitCount, unitsPerBlock), this);
            last.run(kernels, this, 0, unitCount);
        } finally {
            giveBack();
        }
    }

    /** Runs the body block by block, and sums the number that each leaves in {@link #results}, in order. */
    double runAndSum(Body<K> operation, int unitCount, int unitsPerBlock) {
        cut(operation, unitCount, unitsPerBlock);
        int blocks = Blocks.count(unitCount, unitsPerBlock);
        if (results.length < blocks) {
            results = new double[blocks];
        }
        try {
            lifetime.check();
            workers.run(blocks, this);
            double sum = 0;
            for (int block = 0; block < blocks; block++) {
                sum += results[block];
            }
            return sum;
        } finally {
            giveBack();
        }
    }

    private void cut(Body<K> operation, int unitCount, int unitsPerBlock) {
        body = operation;
        units = unitCount;
        blockSize = unitsPerBlock;
    }

    @Override
    public void run(int block) {
        body.run(kernels, this, block * blockSize, Blocks.length(units, blockSize, block));
    }

    /** Forgets the arrays, which the pool would keep from being collected. */
    private void giveBack() {
        Arrays.fill(data, null);
        indices = null;
        body = null;
        home.release(this);
    }
}
