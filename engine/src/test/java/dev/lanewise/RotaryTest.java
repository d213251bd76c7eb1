package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of rotary position embedding, for every implementation, against rotations in double. */
@ExtendWith(Seeds.class)
final class RotaryTest {
    private static final int POSITIONS = 40;

    private static Block rotate(Engine engine, RotaryTable table, int heads, int[] positions, int first, Block x) {
        Block y = Block.unset(new Random(x.offset), x.rows, x.cols);
        engine.embedding().rotary(
                x.rows, heads, table, positions, 0, first, x.data, x.offset, x.ld, y.data, y.offset, y.ld);
        x.assertUnchanged("x");
        y.assertGuarded("y");
        return y;
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void everyPairTurnsByItsAngle(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (RotaryTable.Layout layout : RotaryTable.Layout.values()) {
                for (int headDim : new int[] {2, 4, 6, 8, 14, 16, 18, 32, 34, 62, 64, 66, 128, 130}) {
                    for (int heads : new int[] {1, 3}) {
                        for (int tokens : new int[] {0, 1, 5}) {
                            RotaryTable table = new RotaryTable(layout, POSITIONS, headDim);
                            Block x = Block.normal(random, tokens, heads * headDim);
                            int[] positions = random.ints(tokens, 0, POSITIONS).toArray();
                            check(x, rotate(engine, table, heads, positions, 0, x), table, positions);
                            int first = random.nextInt(POSITIONS - tokens);
                            for (int t = 0; t < tokens; t++) {
                                positions[t] = first + t;
                            }
                            check(x, rotate(engine, table, heads, null, first, x), table, positions);
                        }
                    }
                }
            }
        }
    }

    private static void check(Block x, Block y, RotaryTable table, int[] positions) {
        int dim = table.headDim();
        for (int t = 0; t < x.rows; t++) {
            for (int pair = 0; pair < x.cols / 2; pair++) {
                int i = pair % (dim / 2);
                int head = pair / (dim / 2) * dim;
                boolean interleaved = table.layout() == RotaryTable.Layout.INTERLEAVED;
                int first = head + (interleaved ? 2 * i : i);
                int second = interleaved ? first + 1 : first + dim / 2;
                double angle = positions[t] * Math.pow(10_000, -2.0 * i / dim);
                double a = x.get(t, first);
                double b = x.get(t, second);
                double bound = 2 * EPS * (Math.abs(a) + Math.abs(b));
                String what = table.layout() + " " + dim + ", token " + t + ", pair " + pair;
                Close.assertWithin(a * Math.cos(angle) - b * Math.sin(angle), y.get(t, first), bound, what);
                Close.assertWithin(b * Math.cos(angle) + a * Math.sin(angle), y.get(t, second), bound, what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void backwardIsTheTransposeOfForward(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (RotaryTable.Layout layout : RotaryTable.Layout.values()) {
                RotaryTable table = new RotaryTable(layout, POSITIONS, 34);
                Block x = Block.normal(random, 6, 68);
                Block dY = Block.normal(random, 6, 68);
                Block y = rotate(engine, table, 2, null, 30, x);
                Block dX = Block.unset(random, 6, 68);
                engine.embedding().rotaryBackward(
                        6, 2, table, null, 0, 30, dY.data, dY.offset, dY.ld, dX.data, dX.offset, dX.ld);
                dX.assertGuarded("dX");
                for (int t = 0; t < 6; t++) {
                    double forward = 0;
                    double backward = 0;
                    for (int c = 0; c < 68; c++) {
                        forward += (double) y.get(t, c) * dY.get(t, c);
                        backward += (double) x.get(t, c) * dX.get(t, c);
                    }
                    assertEquals(forward, backward, 1e-5, "token " + t);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void inPlaceGivesTheBitsOfApartAndTheFirstPositionStays(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (RotaryTable.Layout layout : RotaryTable.Layout.values()) {
                for (int headDim : new int[] {6, 16, 48, 100}) {
                    RotaryTable table = new RotaryTable(layout, POSITIONS, headDim);
                    Block x = Block.normal(random, 3, 2 * headDim);
                    Block y = rotate(engine, table, 2, null, 0, x);
                    Block over = x.copy();
                    engine.embedding().rotary(
                            3, 2, table, null, 0, 0, over.data, over.offset, over.ld, over.data, over.offset, over.ld);
                    for (int c = 0; c < x.cols; c++) {
                        assertEquals(x.get(0, c), y.get(0, c), "position 0");
                        assertEquals(y.get(2, c), over.get(2, c), "in place");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void nanStaysInItsPair(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            RotaryTable table = new RotaryTable(RotaryTable.Layout.HALVES, POSITIONS, 20);
            Block x = Block.normal(random, 1, 20).set(0, 3, Float.NaN);
            Block y = rotate(engine, table, 1, null, 7, x);
            for (int c = 0; c < 20; c++) {
                assertEquals(c == 3 || c == 13, Float.isNaN(y.get(0, c)), "element " + c);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        RotaryTable table = new RotaryTable(RotaryTable.Layout.INTERLEAVED, 700, 32);
        Block x = Block.normal(random, 700, 96);
        Block first = null;
        for (Engine engine : Engines.threads(implementation)) {
            Block y = rotate(engine, table, 3, null, 0, x);
            first = first == null ? y : first;
            Close.assertSameBits(first.data, y.data, "y");
        }
    }

    @Test
    void positionsBeyondTheTableAndOddHeadsAreRefused() {
        RotaryTable table = new RotaryTable(RotaryTable.Layout.HALVES, 10, 4);
        EmbeddingOps ops = Engines.serial(Implementation.SCALAR).embedding();
        float[] x = new float[16];
        Exception beyond = assertThrows(
                IllegalArgumentException.class, () -> ops.rotary(4, 1, table, null, 0, 7, x, 0, 4, x, 0, 4));
        assertTrue(beyond.getMessage().contains("4 tokens from position 7"), beyond.getMessage());
        int[] positions = {0, 10, 0, 0};
        assertThrows(
                IllegalArgumentException.class, () -> ops.rotary(4, 1, table, positions, 0, 0, x, 0, 4, x, 0, 4));
        assertThrows(IllegalArgumentException.class, () -> new RotaryTable(RotaryTable.Layout.HALVES, 10, 5));
    }
}
