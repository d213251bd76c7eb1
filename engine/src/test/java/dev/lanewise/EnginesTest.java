package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/** That the tests of this JVM ran what they were meant to run, and did not fall back in silence. */
final class EnginesTest {
    /** Set by the build for each execution: {@code VECTOR/512} and so on, or {@code SCALAR}. */
    private static final String EXPECTED = System.getProperty("lanewise.expected");

    @Test
    void theExpectedImplementationAndWidthRan() throws Exception {
        assumeTrue(EXPECTED != null, "not run by the build");
        EngineInfo info;
        try (Engine engine = Engine.start()) {
            info = engine.info();
        }
        if (EXPECTED.equals("SCALAR")) {
            assertEquals(Implementation.SCALAR, info.implementation(), info.toString());
            assertEquals(32, info.vectorBits());
            return;
        }
        assertEquals(Implementation.VECTOR, info.implementation(), info.toString());
        int asked = Integer.parseInt(EXPECTED.substring("VECTOR/".length()));
        assertEquals(Math.min(asked, widestRegister()), info.vectorBits(), info.toString());
    }

    @Test
    void theContractTestsIncludeWhatAnEngineChooses() {
        try (Engine engine = Engine.start()) {
            assertTrue(Engines.implementations().toList().contains(engine.info().implementation()));
        }
    }

    /** What the JVM made of its flag MaxVectorSize on this machine, in bits. */
    private static int widestRegister() throws Exception {
        Object option = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=HotSpotDiagnostic"), "getVMOption",
                        new Object[] {"MaxVectorSize"}, new String[] {String.class.getName()});
        return 8 * Integer.parseInt((String) ((CompositeData) option).get("value"));
    }
}
