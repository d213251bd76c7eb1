package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Register tiles of each height and width, element by element: products use narrow ones only once they are compiled. */
class TileWidthTest {
    private static final float GUARD = -77f;

    @BeforeAll
    static void theVectorApiIsThere() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
    }

    @Test
    void tilesOfAllHeightsAndWidthsHoldTheSumsAndNothingBeside() {
        for (LeftOperand left : LeftOperand.values()) {
            int tallest = switch (left) {
                case PACKED, COPIED -> Tiles.TALLEST;
                case COLUMNS -> Tiles.TALLEST_COLUMNS;
                case ROWS -> Tiles.TALLEST_ROWS;
            };
            for (TileWidth width : TileWidth.values()) {
                for (int height = 1; height <= tallest; height++) {
                    // One step alone is not for all tiles: some take the last two by themselves.
                    boolean any = left == LeftOperand.PACKED || left == LeftOperand.COLUMNS;
                    for (int depth = any ? 1 : 2; depth <= 7; depth++) {
                        check(left, width, height, depth);
                    }
                }
            }
        }
    }

    private static void check(LeftOperand left, TileWidth width, int height, int depth) {
        int nr = RegisterTile.NR;
        int step = switch (left) {
            case PACKED -> height;
            case COLUMNS -> height + 2;
            case COPIED -> Tiles.COPIED_STEP;
            case ROWS -> depth + 2;
        };
        boolean sideBySide = left == LeftOperand.PACKED || left == LeftOperand.COLUMNS;
        float[] a = integers(1, 3 + step * (sideBySide ? depth : height));
        float[] b = integers(2, 5 + depth * nr);
        float[] c = new float[4 + height * nr];
        Arrays.fill(c, GUARD);
        width.multiply(left, height, depth, a, 3, step, b, 5, c, 4, nr);
        int columns = width == TileWidth.NARROW ? Lanes.LANES : nr;
        for (int at = 0; at < c.length; at++) {
            int i = (at - 4) / nr;
            int j = (at - 4) % nr;
            float expected = GUARD;
            if (at >= 4 && j < columns) {
                expected = 0f;
                for (int p = 0; p < depth; p++) {
                    expected += a[3 + (sideBySide ? p * step + i : i * step + p)] * b[5 + p * nr + j];
                }
            }
            assertEquals(expected, c[at],
                    left + " " + width + " of " + height + ", depth " + depth + ", element " + at);
        }
    }

    private static float[] integers(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(9) - 4;
        }
        return values;
    }
}
