package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Register tiles that pack B in passing, beside those that find it packed: products use the former only once they are compiled. */
class KeepTileTest {
    @BeforeAll
    static void theVectorApiIsThere() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
    }

    @ParameterizedTest
    @EnumSource(value = LeftOperand.class, names = {"COLUMNS", "ROWS"})
    void theyHaveTheBitsOfTheOthersAndLeaveThePanel(LeftOperand left) {
        int tallest = left == LeftOperand.ROWS ? Tiles.TALLEST_ROWS : Tiles.TALLEST_COLUMNS;
        for (int height = 1; height <= tallest; height++) {
            for (int depth = 2; depth <= 7; depth++) {
                check(left, height, depth, false);
                check(left, height, depth, true);
            }
        }
    }

    private static void check(LeftOperand left, int height, int depth, boolean add) {
        int nr = RegisterTile.NR;
        int aStep = depth + 2;
        int bStep = nr + 3;
        float[] a = values(1, 3 + (height + 2) * aStep);
        float[] b = values(2, 5 + depth * bStep);
        float[] expectedPanel = values(3, 7 + depth * nr + 4);
        float[] panel = expectedPanel.clone();
        for (int p = 0; p < depth; p++) {
            System.arraycopy(b, 5 + p * bStep, expectedPanel, 7 + p * nr, nr);
        }
        float[] expected = values(4, 4 + height * nr + 4);
        float[] c = expected.clone();
        if (left == LeftOperand.COLUMNS) {
            Tiles.columns(height, add, depth, a, 3, height + 2, expectedPanel, 7, expected, 4, nr);
            Tiles.columnsKeep(height, add, depth, a, 3, height + 2, b, 5, bStep, panel, 7, c, 4, nr);
        } else {
            Tiles.rows(height, add, depth, a, 3, aStep, expectedPanel, 7, expected, 4, nr);
            Tiles.rowsKeep(height, add, depth, a, 3, aStep, b, 5, bStep, panel, 7, c, 4, nr);
        }
        String what = left + " of " + height + ", depth " + depth + (add ? ", added" : "");
        assertArrayEquals(expected, c, what);
        assertArrayEquals(expectedPanel, panel, "panel of " + what);
    }

    private static float[] values(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
