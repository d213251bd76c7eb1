package dev.lanewise.machinecode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The innermost loop of a kernel that holds its multiply-adds, and what else is in it.
 *
 * @param fmas fused multiply-adds of vectors
 * @param instructions all instructions
 * @param spills instructions that move a vector to or from the stack: registers were too few
 * @param scalarReloads other instructions that touch the stack
 * @param calls calls
 */
record FmaLoop(int fmas, int instructions, int spills, int scalarReloads, int calls) {
    /**
     * Finds the loop with the most multiply-adds among the innermost ones. A loop is what lies between the target of a
     * conditional backward branch and the branch; out-of-line code jumps back too, but unconditionally.
     *
     * @param code a whole method
     * @return the loop; empty if no loop multiplies and adds
     */
    static Optional<FmaLoop> find(List<Instruction> code) {
        List<long[]> loops = new ArrayList<>();
        for (Instruction instruction : code) {
            OptionalLong target = instruction.branchTarget();
            if (target.isPresent() && target.getAsLong() <= instruction.address()) {
                loops.add(new long[] {target.getAsLong(), instruction.address()});
            }
        }
        return loops.stream().filter(loop -> loops.stream().noneMatch(inner -> isInside(inner, loop)))
                .map(loop -> of(code, loop[0], loop[1])).filter(loop -> loop.fmas > 0)
                .max(Comparator.comparingInt(FmaLoop::fmas));
    }

    private static boolean isInside(long[] inner, long[] outer) {
        return inner != outer && inner[0] >= outer[0] && inner[1] <= outer[1];
    }

    private static FmaLoop of(List<Instruction> code, long first, long last) {
        List<Instruction> body = code.stream().filter(one -> one.address() >= first && one.address() <= last).toList();
        int fmas = (int) body.stream().filter(Instruction::isFma).count();
        int spills = (int) body.stream().filter(one -> one.touchesStack() && one.isVector()).count();
        int reloads = (int) body.stream().filter(one -> one.touchesStack() && !one.isVector()).count();
        int calls = (int) body.stream().filter(Instruction::isCall).count();
        return new FmaLoop(fmas, body.size(), spills, reloads, calls);
    }

    /**
     * What is wrong with the loop of a kernel.
     *
     * @param kernel what the loop should be
     * @return complaints; none if all is well
     */
    List<String> faults(CheckedKernel kernel) {
        List<String> faults = new ArrayList<>();
        if (spills > kernel.vectorMoves()) {
            faults.add(
                    spills + " instructions move vectors to or from the stack, and " + kernel.vectorMoves()
                            + " are known");
        }
        if (scalarReloads > kernel.scalarReloads()) {
            faults.add(
                    scalarReloads + " instructions use integers on the stack, and " + kernel.scalarReloads()
                            + " are known");
        }
        if (calls > 0) {
            faults.add(calls + " calls");
        }
        if (fmas % kernel.fmasPerStep() != 0) {
            faults.add(fmas + " multiply-adds are no multiple of the tile's " + kernel.fmasPerStep());
        }
        return faults;
    }
}
