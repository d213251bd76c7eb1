package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeapCheckTest {
    private static final int MEGA = 1 << 20;

    @Test
    void threeQuartersOfTheHeapMayBeArrays() {
        assertEquals(Optional.empty(), HeapCheck.refusal("it", 75.0 * MEGA, 100L * MEGA));
    }

    @Test
    void moreIsRefusedWithAHeapThatDoes() {
        assertEquals(
                Optional.of("it takes 90 MB, too much for a heap of 100 MB: give the JVM -Xmx120m or more"),
                HeapCheck.refusal("it", 90.0 * MEGA, 100L * MEGA));
    }
}
