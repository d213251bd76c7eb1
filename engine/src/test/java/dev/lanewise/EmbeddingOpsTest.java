package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of tables, positions and pooling, for every implementation. */
@ExtendWith(Seeds.class)
final class EmbeddingOpsTest {
    private static final int TABLE_ROWS = 13;

    private static Block table(Random random, int rows, int dim) {
        return Block.dense(random, rows, dim, random::nextGaussian);
    }

    /** Ids at an offset of 3, one in four negative. */
    private static int[] ids(Random random, int count, int tableRows) {
        int[] ids = new int[count + 3];
        for (int i = 0; i < count; i++) {
            ids[3 + i] = random.nextInt(4) == 0 ? -1 - random.nextInt(2) : random.nextInt(tableRows);
        }
        return ids;
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void gatherCopiesRowsAndNegativeIdsYieldZeros(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int dim : Sizes.edges()) {
                for (int count : new int[] {0, 1, 5, 40}) {
                    Block table = table(random, TABLE_ROWS, dim);
                    int[] ids = ids(random, count, TABLE_ROWS);
                    int[] idsBefore = ids.clone();
                    Block y = Block.unset(random, count, dim);
                    Block sum = Block.normal(random, count, dim);
                    engine.embedding().gather(
                            count, dim, ids, 3, TABLE_ROWS, table.data, table.offset, y.data, y.offset, y.ld);
                    engine.embedding().gatherAdd(
                            count, dim, ids, 3, TABLE_ROWS, table.data, table.offset, sum.data, sum.offset, sum.ld);
                    table.assertUnchanged("table");
                    y.assertGuarded("y");
                    sum.assertGuarded("sum");
                    org.junit.jupiter.api.Assertions.assertArrayEquals(idsBefore, ids);
                    for (int i = 0; i < count; i++) {
                        for (int d = 0; d < dim; d++) {
                            float row = ids[3 + i] < 0 ? 0f : table.get(ids[3 + i], d);
                            assertEquals(row, y.get(i, d));
                            assertEquals(sum.original(i, d) + row, sum.get(i, d));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void scatterAddsInOrderOfTheRows(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int dim : Sizes.edges()) {
                for (int count : new int[] {0, 1, 70}) {
                    Block dY = Block.normal(random, count, dim);
                    int[] ids = ids(random, count, TABLE_ROWS);
                    Block dTable = table(random, TABLE_ROWS, dim);
                    Block expected = dTable.copy();
                    engine.embedding().scatterAdd(
                            count, dim, ids, 3, dY.data, dY.offset, dY.ld, TABLE_ROWS, dTable.data, dTable.offset);
                    dY.assertUnchanged("dY");
                    for (int i = 0; i < count; i++) {
                        for (int d = 0; d < dim && ids[3 + i] >= 0; d++) {
                            expected.data[expected.index(ids[3 + i], d)] += dY.get(i, d);
                        }
                    }
                    Close.assertSameBits(expected.data, dTable.data, "dTable");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void scatterIsTheTransposeOfGather(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            int count = 50;
            int dim = 21;
            Block table = table(random, TABLE_ROWS, dim);
            Block dY = Block.normal(random, count, dim);
            int[] ids = ids(random, count, TABLE_ROWS);
            Block y = Block.unset(random, count, dim);
            Block dTable = Block.dense(random, TABLE_ROWS, dim, () -> 0);
            engine.embedding().gather(
                    count, dim, ids, 3, TABLE_ROWS, table.data, table.offset, y.data, y.offset, y.ld);
            engine.embedding().scatterAdd(
                    count, dim, ids, 3, dY.data, dY.offset, dY.ld, TABLE_ROWS, dTable.data, dTable.offset);
            assertEquals(dot(y, dY), dot(table, dTable), 1e-3, "<gather(table), dY> = <table, scatter(dY)>");
        }
    }

    private static double dot(Block x, Block y) {
        double sum = 0;
        for (int r = 0; r < x.rows; r++) {
            for (int c = 0; c < x.cols; c++) {
                sum += (double) x.get(r, c) * y.get(r, c);
            }
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void positionsAreAddedToEverySequence(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int dim : new int[] {0, 1, 3, 16, 17, 64}) {
                for (int seqLen : new int[] {0, 1, 5, 9}) {
                    Block positions = table(random, seqLen, dim);
                    Block x = Block.dense(random, 4, seqLen * dim, random::nextGaussian);
                    engine.embedding().addPositions(
                            4, seqLen, dim, positions.data, positions.offset, x.data, x.offset);
                    positions.assertUnchanged("positions");
                    x.assertGuarded("x");
                    for (int b = 0; b < 4; b++) {
                        for (int i = 0; i < seqLen * dim; i++) {
                            assertEquals(x.original(b, i) + positions.get(i / dim, i % dim), x.get(b, i));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void meanPoolAveragesWhatCountsAndEmptySequencesYieldZeros(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int dim : Sizes.edges(129)) {
                for (int seqLen : new int[] {0, 1, 6, 50}) {
                    int batch = 5;
                    int[] lengths = {99, 0, seqLen, seqLen / 2, Math.max(0, seqLen - 1), Math.min(1, seqLen)};
                    Block x = Block.dense(random, batch, seqLen * dim, random::nextGaussian);
                    for (int b = 0; b < batch; b++) {
                        for (int i = lengths[1 + b] * dim; i < seqLen * dim; i++) {
                            x.set(b, i, Float.NaN);
                        }
                    }
                    Block y = Block.unsetDense(random, batch, dim);
                    engine.embedding().meanPool(
                            batch, seqLen, dim, lengths, 1, x.data, x.offset, y.data, y.offset);
                    x.assertUnchanged("x");
                    y.assertGuarded("y");
                    Block dX = Block.unsetDense(random, batch, seqLen * dim);
                    Block dY = Block.dense(random, batch, dim, random::nextGaussian);
                    engine.embedding().meanPoolBackward(
                            batch, seqLen, dim, lengths, 1, dY.data, dY.offset, dX.data, dX.offset);
                    dY.assertUnchanged("dY");
                    dX.assertGuarded("dX");
                    for (int b = 0; b < batch; b++) {
                        checkPool(x, y, dY, dX, b, lengths[1 + b], dim);
                    }
                }
            }
        }
    }

    private static void checkPool(Block x, Block y, Block dY, Block dX, int b, int length, int dim) {
        for (int d = 0; d < dim; d++) {
            double sum = 0;
            double size = 0;
            for (int t = 0; t < length; t++) {
                sum += x.get(b, t * dim + d);
                size += Math.abs(x.get(b, t * dim + d));
            }
            double expected = length == 0 ? 0 : sum / length;
            Close.assertWithin(expected, y.get(b, d), length == 0 ? 0 : 8 * EPS * size / length, "mean of " + length);
            for (int t = 0; t * dim < dX.cols; t++) {
                double slope = t < length ? (double) dY.get(b, d) / length : 0;
                Close.assertWithin(slope, dX.get(b, t * dim + d), 2 * EPS * Math.abs(slope), "dX at " + t);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        int count = 3000;
        int dim = 48;
        int tableRows = 2500;
        Block table = table(random, tableRows, dim);
        int[] ids = ids(random, count, tableRows);
        for (int i = 0; i < count; i += 2) {
            // Half of the ids are frequent words.
            ids[3 + i] = random.nextInt(20);
        }
        int[] lengths = random.ints(30, 0, 101).toArray();
        Block dY = Block.normal(random, count, dim);
        Block[] first = null;
        for (Engine engine : Engines.threads(implementation)) {
            Block y = dY.copy();
            engine.embedding().gather(
                    count, dim, ids, 3, tableRows, table.data, table.offset, y.data, y.offset, y.ld);
            Block sum = dY.copy();
            engine.embedding().gatherAdd(
                    count, dim, ids, 3, tableRows, table.data, table.offset, sum.data, sum.offset, sum.ld);
            Block dTable = table.copy();
            engine.embedding().scatterAdd(
                    count, dim, ids, 3, dY.data, dY.offset, dY.ld, tableRows, dTable.data, dTable.offset);
            Block x = table.copy();
            engine.embedding().addPositions(25, 100, dim, y.data, y.offset, x.data, x.offset);
            Block pooled = Block.unsetDense(new Random(7), 25, dim);
            engine.embedding().meanPool(
                    25, 100, dim, lengths, 2, table.data, table.offset, pooled.data, pooled.offset);
            Block dX = table.copy();
            engine.embedding().meanPoolBackward(
                    25, 100, dim, lengths, 2, pooled.data, pooled.offset, dX.data, dX.offset);
            Block[] results = {y, sum, dTable, x, pooled, dX};
            if (first == null) {
                first = results;
            }
            for (int i = 0; i < results.length; i++) {
                Close.assertSameBits(first[i].data, results[i].data, "result " + i);
            }
        }
    }
}
