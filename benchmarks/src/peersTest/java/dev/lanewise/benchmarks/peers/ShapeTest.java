package dev.lanewise.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {
    @Test
    void oneNumberIsSquare() {
        assertEquals(new Shape("512", 1, false, false, 512, 512, 512), Shape.parse("512"));
    }

    @Test
    void threeNumbersAreRowsDepthAndColumns() {
        Shape shape = Shape.parse("8192x128x512");
        assertEquals(new Shape("8192x128x512", 1, false, false, 8192, 512, 128), shape);
    }

    @Test
    void batchAndTransposesAreRead() {
        assertEquals(new Shape("512*256x32x16:NT", 512, false, true, 256, 16, 32), Shape.parse("512*256x32x16:NT"));
        assertEquals(new Shape("7:TN", 1, true, false, 7, 7, 7), Shape.parse("7:TN"));
    }

    @Test
    void transposedOperandsHaveTheirStoredRowLength() {
        Workload.MatMul w = Shape.parse("2x3x5:TT").workload();
        assertEquals(2, w.lda());
        assertEquals(3, w.ldb());
        assertEquals(6, w.a().length);
        assertEquals(15, w.b().length);
        assertEquals(60, w.work());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0", "3x4", "3x4x0", "5:N", "5:NX", "0*5", "99999", "1000000*9999999x1x9999999",
        "8388608*4194304x4194304x4194304"})
    void anythingElseIsRefusedInOneLineThatNamesIt(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Shape.parse(text)).getMessage();
        assertTrue(message.startsWith("'" + text + "'"), message);
        assertEquals(1, message.lines().count());
    }
}
