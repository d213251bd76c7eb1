package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The helpers must fail where they should: each is given something that is just wrong. */
final class CloseTest {
    @Test
    void valueJustOutsideTheBoundFails() {
        Close.assertWithin(1, 1.25f, 0.25, "x");
        assertThrows(AssertionError.class, () -> Close.assertWithin(1, 1.25f, 0.249, "x"));
    }

    @Test
    void nanMeetsOnlyNan() {
        Close.assertWithin(Double.NaN, Float.NaN, 0, "x");
        assertThrows(AssertionError.class, () -> Close.assertWithin(Double.NaN, 1f, 100, "x"));
        assertThrows(AssertionError.class, () -> Close.assertWithin(1, Float.NaN, 100, "x"));
    }

    @Test
    void infinityMeetsOnlyTheSameInfinity() {
        Close.assertWithin(Double.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, 0, "x");
        assertThrows(
                AssertionError.class,
                () -> Close.assertWithin(Double.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1, "x"));
        assertThrows(AssertionError.class, () -> Close.assertWithin(1, Float.POSITIVE_INFINITY, 100, "x"));
        assertThrows(AssertionError.class, () -> Close.assertWithin(1e300, Float.MAX_VALUE, 1, "x"));
    }

    @Test
    void oneUlpIsNotTheSameBits() {
        float[] x = {1f, 2f, Float.NaN};
        Close.assertSameBits(x, x.clone(), "x");
        float[] y = {1f, Math.nextUp(2f), Float.NaN};
        assertThrows(AssertionError.class, () -> Close.assertSameBits(x, y, "x"));
        assertThrows(AssertionError.class, () -> Close.assertSameBits(new float[] {0f}, new float[] {-0f}, "x"));
        assertThrows(AssertionError.class, () -> Close.assertSameBits(x, new float[2], "x"));
    }

    @Test
    void anyWriteToAnInputIsSeen() {
        Block block = Block.normal(new Random(1), 3, 5);
        block.assertUnchanged("x");
        for (int i = 0; i < block.data.length; i++) {
            Block changed = block.copy();
            changed.data[i] = 7.5f;
            assertThrows(AssertionError.class, () -> changed.assertUnchanged("x"));
        }
    }

    @Test
    void anyWriteOutsideTheMatrixIsSeen() {
        Random random = new Random(2);
        for (int gap = 0; gap < 20; gap++) {
            Block block = Block.normal(random, 3, 5);
            block.assertGuarded("x");
            for (int i = 0; i < block.data.length; i++) {
                boolean inside = false;
                for (int r = 0; r < 3; r++) {
                    inside |= i >= block.index(r, 0) && i < block.index(r, 5);
                }
                Block changed = block.copy();
                changed.data[i] = 7.5f;
                if (inside) {
                    changed.assertGuarded("x");
                } else {
                    assertThrows(AssertionError.class, () -> changed.assertGuarded("x"));
                }
            }
        }
    }
}
