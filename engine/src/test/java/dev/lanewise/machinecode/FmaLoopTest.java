package dev.lanewise.machinecode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reads recorded disassemblies: one kernel of 6 x 2 vectors, compiled for 32 vector registers and for 16. */
@Tag("once")
final class FmaLoopTest {
    private static final CheckedKernel KERNEL = new CheckedKernel("dev.lanewise.vector.Kernel6x2", "multiply", 6, 2, 0,
            0);

    @Test
    void innerLoopIsFoundInsideTheOuterOne() throws IOException {
        FmaLoop loop = FmaLoop.find(recorded("no-spill.txt")).orElseThrow();

        assertEquals(new FmaLoop(12, 30, 0, 0, 0), loop);
        assertEquals(List.of(), loop.faults(KERNEL));
    }

    @Test
    void accumulatorThatGoesThroughTheStackIsReported() throws IOException {
        FmaLoop loop = FmaLoop.find(recorded("one-accumulator-spilled.txt")).orElseThrow();

        assertEquals(new FmaLoop(12, 32, 2, 0, 0), loop);
        List<String> faults = loop.faults(KERNEL);
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith("2 instructions move vectors"), faults::toString);
    }

    @Test
    void integersOnTheStackAreReportedBeyondTheKnownNumber() {
        List<Instruction> code = Instruction.read("""
                  10:	mov    r13,QWORD PTR [rsp+0x8]
                  16:	vfmadd231ps zmm4,zmm12,DWORD PTR [rdi+rsi*4+0x10]{1to16}
                  1c:	add    r8d,DWORD PTR [rsp+0x18]
                  20:	jl     0x10
                """);
        FmaLoop loop = FmaLoop.find(code).orElseThrow();

        assertEquals(new FmaLoop(1, 4, 0, 2, 0), loop);
        assertEquals(1, loop.faults(new CheckedKernel("Kernel1x1", "multiply", 1, 1, 0, 1)).size());
        assertEquals(List.of(), loop.faults(new CheckedKernel("Kernel1x1", "multiply", 1, 1, 0, 2)));
    }

    @Test
    void callsInTheLoopAndMissingMultiplyAddsAreReported() {
        List<Instruction> code = Instruction.read("""
                  10:	vfmadd231ps ymm4,ymm12,ymm1
                  16:	call   0x8800
                  20:	jl     0x10
                """);
        List<String> faults = FmaLoop.find(code).orElseThrow().faults(KERNEL);

        assertEquals(List.of("1 calls", "1 multiply-adds are no multiple of the tile's 12"), faults);
    }

    @Test
    void outOfLineCodeThatJumpsBackIsNoLoop() {
        List<Instruction> code = Instruction.read("""
                  10:	vfmadd231ps ymm4,ymm12,ymm1
                  16:	jae    0x30
                  20:	ret
                  30:	jmp    0x10
                """);

        assertEquals(Optional.empty(), FmaLoop.find(code));
    }

    @Test
    void scalarMultiplyAddsAreNotCounted() {
        List<Instruction> code = Instruction.read("""
                  10:	vfmadd231ss xmm4,xmm12,xmm1
                  20:	jl     0x10
                """);

        assertEquals(Optional.empty(), FmaLoop.find(code));
    }

    private static List<Instruction> recorded(String name) throws IOException {
        try (InputStream in = FmaLoopTest.class.getResourceAsStream(name)) {
            return Instruction.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
