package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.runtime.Workers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a call is cut where one thread runs it. */
@Tag("once")
final class BlockTaskTest {
    /** The kernels of this test: they note the units that they are called for, two numbers a call. */
    private final List<Integer> calls = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000, 1 << 30, (1 << 30) + 1, Integer.MAX_VALUE - 8})
    void oneThreadRunsAllUnitsAndNoKernelCountsBeyondInt(int units) {
        Workers serial = Workers.serial();
        BlockTask.pool(calls, serial, new Lifetime(serial)).acquire().run((notes, task, from, count) -> {
            notes.add(from);
            notes.add(count);
        }, units, Blocks.ELEMENTS);
        int end = 0;
        for (int i = 0; i < calls.size(); i += 2) {
            assertEquals(end, calls.get(i), "the next call begins where the last one ended");
            int count = calls.get(i + 1);
            // Eight vectors of 16 lanes are the largest step of a kernel.
            assertTrue(count <= Integer.MAX_VALUE - 8 * 16, () -> "a kernel was called for " + count + " units");
            end += count;
        }
        assertEquals(units, end);
    }
}
