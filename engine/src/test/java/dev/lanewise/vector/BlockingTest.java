package dev.lanewise.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.runtime.CacheSizes;
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

    @Test
    void panelsFillTheFirstLevelOfAKnownMachine() {
        assertEquals(
                new Blocking(14, 32, 1022, 256, 8192),
                Blocking.of(new CacheSizes(48 << 10, 2 << 20, 480 << 20), 14, 32));
    }

    @Test
    void blocksFitTheirCachesAndAreWholeTiles() {
        for (CacheSizes machine : MACHINES) {
            for (int[] tile : new int[][] {{14, 32}, {6, 16}, {6, 8}}) {
                Blocking blocking = Blocking.of(machine, tile[0], tile[1]);
                String text = machine + " " + blocking;
                assertTrue(blocking.kc() >= 64 && blocking.kc() <= 512, text);
                assertEquals(0, blocking.mc() % tile[0], text);
                assertEquals(0, blocking.nc() % tile[1], text);
                assertTrue(blocking.mc() >= tile[0] && blocking.nc() >= tile[1], text);
                if (machine.l1() >= 32 << 10) {
                    assertTrue(4L * blocking.kc() * (tile[0] + tile[1]) <= machine.l1(), text);
                    assertTrue(4L * blocking.mc() * blocking.kc() <= machine.l2(), text);
                    assertTrue(4L * blocking.nc() * blocking.kc() <= machine.l3(), text);
                }
            }
        }
    }

    @Test
    void depthIsCutIntoEqualBlocksThatDependOnKAlone() {
        Blocking blocking = new Blocking(14, 32, 1022, 256, 8192);
        assertEquals(100, blocking.depth(100));
        assertEquals(256, blocking.depth(256));
        assertEquals(132, blocking.depth(257));
        assertEquals(256, blocking.depth(512));
        assertEquals(172, blocking.depth(516));
    }

    @Test
    void rowsGiveEveryThreadAPartAndStayWithinTheBlock() {
        Blocking blocking = new Blocking(14, 32, 1022, 256, 8192);
        for (int m : new int[] {1, 13, 14, 15, 100, 512, 1023, 8192}) {
            for (int threads : new int[] {1, 2, 7, 64}) {
                int rows = blocking.rows(m, threads);
                String text = m + " rows, " + threads + " threads: " + rows;
                assertTrue(rows > 0 && rows % 14 == 0 && rows <= blocking.mc(), text);
                int parts = Blocking.ceilDiv(m, rows);
                assertTrue(parts >= Math.min(threads, m / 14) / 2, text);
                assertTrue((parts - 1) * rows < m, text);
            }
        }
    }

    @Test
    void evenBlocksCoverEverythingWithoutAThinRest() {
        assertEquals(518, Blocking.even(1024, 1022, 14));
        assertEquals(32, Blocking.even(1, 8192, 32));
        assertEquals(16, Blocking.roundUp(15, 16));
        assertEquals(0, Blocking.ceilDiv(0, 16));
    }
}
