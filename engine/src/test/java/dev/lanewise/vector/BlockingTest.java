package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.runtime.CacheSizes;
import dev.lanewise.runtime.Processor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class BlockingTest {
    private static final CacheSizes[] MACHINES = {
        new CacheSizes(4 << 10, 4 << 10, 4 << 10),
        new CacheSizes(32 << 10, 256 << 10, 4 << 20),
        new CacheSizes(32 << 10, 1 << 20, 32 << 20),
        new CacheSizes(48 << 10, 2 << 20, 480 << 20),
        new CacheSizes(128 << 10, 12 << 20, 12 << 20),
        new CacheSizes(1 << 30, 1 << 30, 1 << 30),
    };

    private static final Processor TWO_UNITS = new Processor(false, 2);
    private static final Processor ONE_UNIT = new Processor(true, 1);

    @Test
    void blocksOfKnownMachines() {
        assertEquals(
                new Blocking(14, 32, 2058, 512, 327_680, 0, 0, false, 512, 0, 1 << 19, 30 << 20, 14),
                Blocking.of(new CacheSizes(48 << 10, 2 << 20, 480 << 20), TWO_UNITS, 14, 32));
        assertEquals(
                new Blocking(14, 32, 2058, 336, 163_840, 0, 0, false, 336, 0, 1 << 18, 1 << 21, 14),
                Blocking.of(new CacheSizes(32 << 10, 1 << 20, 32 << 20), TWO_UNITS, 14, 32));
        assertEquals(
                new Blocking(14, 32, 2072, 2048, 163_840, 256, 1 << 20, true, 2048, 512, 1 << 18, 1 << 21, 4),
                Blocking.of(new CacheSizes(32 << 10, 1 << 20, 32 << 20), ONE_UNIT, 14, 32));
    }

    @Test
    void deepBlocksComeFromL3WhereItKeepsUp() {
        CacheSizes caches = new CacheSizes(32 << 10, 1 << 20, 32 << 20);
        Blocking streamed = Blocking.of(caches, ONE_UNIT, 14, 32);
        assertEquals(1024, streamed.depth(1024));
        assertEquals(1024, streamed.columns(1024, 1024));
        assertEquals(256, streamed.columns(512, 512), "what L2 holds is taken where it holds whole rows of C");
        // Two units want 9 bytes of B a cycle with 512 bits, and 5 with 256.
        assertEquals(0, Blocking.of(caches, new Processor(true, 2), 14, 32).streamedB());
        assertEquals(1 << 20, Blocking.of(caches, new Processor(true, 2), 12, 16).streamedB());
        assertEquals(0, Blocking.of(caches, TWO_UNITS, 12, 16).streamedB());
    }

    @Test
    void rowsInPlaceAreShortWhereMultiplyAddsAreFast() {
        Blocking blocking = Blocking.of(new CacheSizes(32 << 10, 1 << 20, 32 << 20), new Processor(true, 1), 12, 16);
        assertEquals(new Blocking(12, 16, 2052, 2048, 163_840, 512, 1 << 20, true, 240, 256, 1 << 18, 1 << 21, 6),
                blocking);
        assertEquals(240, blocking.onePass());
        assertEquals(256, blocking.depth(256), "one block, for which rows are copied");
        assertEquals(512, blocking.columns(512, 512));
    }

    @Test
    void columnsAreReadInPlaceWhereL2KeepsHalfOfAStrip() {
        Blocking blocking = Blocking.of(new CacheSizes(32 << 10, 1 << 20, 32 << 20), ONE_UNIT, 14, 32);
        assertTrue(blocking.keeps(2048, 128));
        assertTrue(blocking.keeps(2048, 256), "2048 rows 1 KB apart share a sixteenth of the sets, 1024 lines");
        assertTrue(blocking.keeps(1024, 512));
        assertFalse(blocking.keeps(2048, 512));
        assertTrue(blocking.keeps(2048, 640));
        assertTrue(blocking.keeps(2048, 1000));
        assertFalse(blocking.keeps(512, 2048));
        assertFalse(blocking.keeps(65, 1 << 20), "all in one set would be 8 lines");
        CacheSizes caches = new CacheSizes(32 << 10, 1 << 20, 32 << 20);
        Blocking narrower = Blocking.of(caches, new Processor(true, 1), 12, 16);
        assertTrue(narrower.keeps(1024, 256));
        assertFalse(narrower.keeps(2048, 256), "twice as many tiles read it");
        assertEquals(0, Blocking.of(caches, new Processor(true, 1), 4, 16).columnsInPlace());
    }

    @Test
    void blocksFitTheirCachesAndAreWholeTiles() {
        for (CacheSizes machine : MACHINES) {
            for (int[] tile : new int[][] {{14, 32}, {12, 16}, {12, 8}, {4, 16}}) {
                Blocking blocking = Blocking.of(machine, TWO_UNITS, tile[0], tile[1]);
                String text = machine + " " + blocking;
                assertTrue(blocking.kc() >= 64 && blocking.kc() <= 512, text);
                assertEquals(0, blocking.mc() % tile[0], text);
                if (machine.l1() >= 32 << 10) {
                    assertTrue(4L * blocking.kc() * tile[0] <= machine.l1() * 2L / 3, text);
                }
                if (machine.l2() >= 1 << 20) {
                    assertTrue(4L * blocking.blockB() <= machine.l2() * 2L / 3, text);
                }
                for (int k = 1; k <= blocking.onePass(); k++) {
                    assertTrue(blocking.depth(k) >= k, text + " cuts " + k);
                }
                for (int k : new int[] {1, 63, 300, 512, 513, 4000}) {
                    for (int n : new int[] {1, 31, 512, 1000, 100_000}) {
                        int depth = blocking.depth(k);
                        int columns = blocking.columns(n, depth);
                        String cut = text + " k " + k + " n " + n + ": " + depth + " by " + columns;
                        assertTrue(depth > 0 && depth <= Math.max(blocking.kc(), 4), cut);
                        assertTrue(columns > 0 && columns % tile[1] == 0, cut);
                        assertTrue((long) depth * columns <= Math.max(blocking.blockB(), depth * tile[1]), cut);
                    }
                }
            }
        }
    }

    @Test
    void depthIsCutIntoEqualBlocksThatDependOnKAlone() {
        Blocking blocking = new Blocking(14, 32, 2058, 256, 1 << 18, 0, 0, false, 256, 0, 1 << 18, 1 << 21, 14);
        assertEquals(100, blocking.depth(100));
        assertEquals(256, blocking.depth(256));
        assertEquals(132, blocking.depth(257));
        assertEquals(256, blocking.depth(512));
        assertEquals(172, blocking.depth(516));
    }

    @Test
    void evenBlocksCoverEverythingWithoutAThinRest() {
        assertEquals(518, Blocking.even(1024, 1022, 14));
        assertEquals(32, Blocking.even(1, 8192, 32));
        assertEquals(16, Blocking.roundUp(15, 16));
        assertEquals(0, Blocking.ceilDiv(0, 16));
    }
}
