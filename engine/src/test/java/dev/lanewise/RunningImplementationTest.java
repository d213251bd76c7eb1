package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds what really runs against what the build asked for: without it a silent fallback would pass every other test.
 *
 * <p>The property {@code lanewise.expected} is {@code SCALAR} or {@code VECTOR/bits}. The bits are an upper bound, because
 * a machine may have narrower registers than the build asks for; the JVM's own final value says which it has.
 */
final class RunningImplementationTest {
    private static final String PROPERTY = "lanewise.expected";

    @TestFactory
    Stream<DynamicTest> theEngineRunsWhatTheBuildAskedFor() {
        String expected = System.getProperty(PROPERTY);
        assumeTrue(expected != null, "the build sets " + PROPERTY + ", and this JVM was not started by it");
        try (Engine engine = Engine.serial()) {
            EngineInfo info = engine.info();
            return Stream
                    .of(dynamicTest(expected + " was asked for, " + info + " runs", () -> assertRuns(expected, info)));
        }
    }

    private static void assertRuns(String expected, EngineInfo info) {
        String[] parts = expected.split("/");
        assertEquals(Implementation.valueOf(parts[0]), info.implementation(), info.reason());
        if (info.implementation() == Implementation.VECTOR) {
            int asked = Integer.parseInt(parts[1]);
            assertAll(
                    () -> assertEquals(registerBits(), info.vectorBits(), "width of the machine's vectors"),
                    () -> assertTrue(info.vectorBits() <= asked, info.vectorBits() + " bits are more than " + asked));
        }
    }

    /** {@code MaxVectorSize}, in bytes: the JVM lowers what it was told to what the hardware has. */
    private static int registerBits() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return Byte.SIZE * Integer.parseInt(jvm.getVMOption("MaxVectorSize").getValue());
    }
}
