package dev.lanewise.machinecode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.Engine;
import dev.lanewise.Implementation;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * That a warm-up leaves nothing to the first calls of another shape. Code that the compiler left out because no call had met
 * it sends the kernel back to the interpreter, where each vector is an object: a call then allocates tens of kilobytes.
 */
@Tag("once")
@Timeout(200)
final class FirstCallsTest {
    /** Fewer than the vectors of a row are, and more than anything else may be. */
    private static final int FEW_BYTES = 1000;

    private static final List<String> HALF_WIDTH = List.of("-XX:MaxVectorSize=32");

    /** JVMs in which a kernel has to be cold before it counts. */
    private static final int MOST_STARTS = 3;

    @Test
    void afterAWarmUpFirstCallsMakeNoVectorsOfObjects() throws IOException, InterruptedException {
        assertNoneBoxed(List.of(), List.of());
    }

    /** Here a warm-up may leave a kernel cold in one JVM of forty, which is not to be the same in three: docs/cold-start.md. */
    @Test
    void norOfHalfTheWidth() throws IOException, InterruptedException {
        assertNoneBoxed(HALF_WIDTH, List.of());
    }

    /** The Vector API is the program's, too, and the compiler counts what both do with it together. */
    @Test
    void norAfterAProgramThatWorkedWithVectorsOfFourWidths() throws IOException, InterruptedException {
        assertNoneBoxed(List.of(), List.of(FirstCalls.AFTER_OTHER_VECTORS));
    }

    private static void assertNoneBoxed(List<String> options, List<String> arguments)
            throws IOException, InterruptedException {
        try (Engine engine = Engine.serial()) {
            assumeTrue(engine.info().implementation() == Implementation.VECTOR, engine.info().reason());
        }
        assumeTrue(System.getProperty("os.arch").matches("amd64|x86_64"), "masked stores are known for x86 only");

        List<String> boxed = boxed(options, arguments);
        // Compilation goes on in the background: now and then it is late with one kernel, but not always with the same.
        for (int more = 1; more < MOST_STARTS && !boxed.isEmpty(); more++) {
            List<String> again = boxed(options, arguments);
            boxed = boxed.stream().filter(line -> again.stream().anyMatch(other -> name(other).equals(name(line))))
                    .toList();
        }
        assertEquals(List.of(), boxed);
    }

    /** The first calls that allocated, in a JVM of their own. */
    private static List<String> boxed(List<String> options, List<String> arguments)
            throws IOException, InterruptedException {
        String output = KernelCode.java(options, FirstCalls.class, arguments);
        boolean warm = output.contains("warm: true");
        if (options.equals(HALF_WIDTH) && !warm) {
            return List.of(FEW_BYTES + " bytes: or more in the last round of the warm-up");
        }
        assertTrue(warm, output);
        return output.lines().filter(line -> line.contains(" bytes: "))
                .filter(line -> Long.parseLong(line.substring(0, line.indexOf(' '))) >= FEW_BYTES).toList();
    }

    private static String name(String line) {
        return line.substring(line.indexOf(':'));
    }
}
