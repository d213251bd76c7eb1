package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Panels element by element, either way round, with nothing written beyond the room that {@code size} asks for. */
class PackingTest {
    private static final float GUARD = -77f;

    @BeforeAll
    static void theVectorApiIsThere() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no jdk.incubator.vector");
    }

    @Test
    void panelsHoldTheBlockAndZerosWhereRowsAreMissing() {
        for (int width : new int[] {RegisterTile.MR, AttentionTile.MR, RegisterTile.NR}) {
            for (int count : new int[] {1, width - 1, width, width + 1, 3 * width, 9 * width + 5}) {
                for (int depth : new int[] {1, 2, 15, 16, 17, 40}) {
                    check(width, count, depth, true, 1f);
                    check(width, count, depth, false, 1f);
                    check(width, count, depth, false, 0.5f);
                }
            }
        }
    }

    private static void check(int width, int count, int depth, boolean sideBySide, float scale) {
        int ld = (sideBySide ? count : depth) + 3;
        int across = sideBySide ? 1 : ld;
        int along = sideBySide ? ld : 1;
        // The source ends with the block's last element: a vector that reads beyond it would leave the array.
        int offset = 5;
        float[] source = new float[offset + (count - 1) * across + (depth - 1) * along + 1];
        for (int i = 0; i < source.length; i++) {
            source[i] = i;
        }
        int at = 7;
        float[] panels = new float[at + Packing.size(width, count, depth)];
        Arrays.fill(panels, GUARD);
        Packing.pack(width, count, depth, scale, source, offset, across, along, panels, at);
        String text = width + " wide, " + count + " by " + depth + (sideBySide ? " side by side" : " apart");
        for (int i = 0; i < Blocking.roundUp(count, width); i++) {
            for (int p = 0; p < depth; p++) {
                float expected = i < count ? scale * source[offset + i * across + p * along] : 0f;
                float packed = panels[at + i / width * width * depth + p * width + i % width];
                assertEquals(expected, packed, text + ", element " + i + ", " + p);
            }
        }
        for (int i = 0; i < at; i++) {
            assertEquals(GUARD, panels[i], text + ", before the panels");
        }
    }
}
