package dev.lanewise.machinecode;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One instruction of x86-64, as objdump writes it in Intel's syntax.
 *
 * @param address where it is
 * @param mnemonic what it does
 * @param operands on what
 */
record Instruction(long address, String mnemonic, String operands) {
    private static final Pattern LINE = Pattern.compile("\\s*([0-9a-f]+):\\t(\\S+)\\s*(.*)");
    private static final Pattern TARGET = Pattern.compile("0x([0-9a-f]+)\\b.*");

    /** Reads a disassembly; lines that are none of instructions are passed over. */
    static List<Instruction> read(String disassembly) {
        List<Instruction> instructions = new ArrayList<>();
        for (String line : (Iterable<String>) disassembly.lines()::iterator) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                instructions.add(
                        new Instruction(Long.parseLong(matcher.group(1), 16), matcher.group(2),
                                matcher.group(3).strip()));
            }
        }
        return instructions;
    }

    /** Whether it is a fused multiply-add of whole vectors. */
    boolean isFma() {
        return mnemonic.matches("vfn?madd\\d+ps");
    }

    boolean isCall() {
        return mnemonic.startsWith("call");
    }

    /** Whether it moves or uses what lies on the stack: in compiled code that is the stack pointer with a distance. */
    boolean touchesStack() {
        return operands.contains("[rsp");
    }

    /** Whether it works on a vector register. */
    boolean isVector() {
        return operands.matches(".*\\b[xyz]mm\\d.*");
    }

    /** Where a conditional branch goes; empty for everything else. */
    OptionalLong branchTarget() {
        if (!mnemonic.startsWith("j") || mnemonic.equals("jmp")) {
            return OptionalLong.empty();
        }
        Matcher target = TARGET.matcher(operands);
        return target.matches() ? OptionalLong.of(Long.parseLong(target.group(1), 16)) : OptionalLong.empty();
    }
}
