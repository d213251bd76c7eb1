package dev.lanewise.machinecode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.lanewise.Engine;
import dev.lanewise.EngineInfo;
import dev.lanewise.Implementation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * That the optimising compiler keeps the accumulators of every register tile in registers: the loop of each kernel is found
 * in its machine code and counted. Prints what it found as a table. To run only this, at all widths:
 * {@code mvn test -pl engine -Dtest=SpillTest}.
 */
@Timeout(300)
final class SpillTest {
    @Test
    void innerLoopsHoldMultiplyAddsAndNoSpillAndNoCall() throws IOException, InterruptedException {
        EngineInfo info = info();
        assumeTrue(info.implementation() == Implementation.VECTOR, "no vector kernels: " + info.reason());
        Optional<String> obstacle = KernelCode.obstacle();
        obstacle.ifPresent(reason -> System.out.println("machine code of the kernels is not checked: " + reason));
        assumeTrue(obstacle.isEmpty(), obstacle.orElse(""));

        List<CheckedKernel> kernels = CheckedKernel.at(info.vectorBits(), vectorRegisters());
        Map<CheckedKernel, List<Instruction>> code = KernelCode.disassembled(kernels);

        List<String> faults = new ArrayList<>();
        StringBuilder table = new StringBuilder(
                String.format(
                        "%n| %d bits | multiply-adds in the loop | instructions | spilled vectors | integers on the stack |"
                                + "%n|---|---:|---:|---:|---:|%n",
                        info.vectorBits()));
        for (CheckedKernel kernel : kernels) {
            Optional<FmaLoop> found = FmaLoop.find(code.getOrDefault(kernel, List.of()));
            if (found.isEmpty()) {
                faults.add(kernel + ": no loop with multiply-adds in the code of the optimising compiler");
                continue;
            }
            FmaLoop loop = found.get();
            loop.faults(kernel).forEach(fault -> faults.add(kernel + ": " + fault));
            table.append(
                    String.format(
                            "| %s | %d | %d | %d | %d |%n", kernel, loop.fmas(), loop.instructions(), loop.spills(),
                            loop.scalarReloads()));
        }
        System.out.println(table);
        assertEquals(List.of(), faults);
    }

    private static EngineInfo info() {
        try (Engine engine = Engine.serial()) {
            return engine.info();
        }
    }

    /** AVX-512, level 3 of the JVM's option, doubled the registers, also those of narrower vectors. */
    private static int vectorRegisters() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return Integer.parseInt(jvm.getVMOption("UseAVX").getValue()) >= 3 ? 32 : 16;
    }
}
