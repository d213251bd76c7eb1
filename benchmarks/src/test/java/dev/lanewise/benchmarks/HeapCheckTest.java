package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeapCheckTest {
    private static final int MEGA = 1 << 20;

    @Test
    void mostOfTheHeapButForAReserveMayBeArrays() {
        assertEquals(Optional.empty(), HeapCheck.refusal("it", 85.0 * MEGA, 118L * MEGA));
    }

    @Test
    void moreIsRefusedWithAHeapThatDoes() {
        assertEquals(
                Optional.of("it takes 90 MB, too much for a heap of 118 MB: give the JVM -Xmx124m or more"),
                HeapCheck.refusal("it", 90.0 * MEGA, 118L * MEGA));
    }
}
