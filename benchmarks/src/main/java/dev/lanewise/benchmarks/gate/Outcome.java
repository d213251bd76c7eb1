package dev.lanewise.benchmarks.gate;

import java.util.Collection;

/** What was found of one benchmark, or of all of them. */
enum Outcome {
    /** Every limit holds. */
    HELD("held", 0),
    /** A limit was measured and does not hold. */
    REGRESSED("REGRESSED", 1),
    /** A measurement or a limit is missing or of no use. Never the same as held. */
    NOT_JUDGED("NOT JUDGED", 2);

    /** Exit code where the command itself failed, for example because a file can't be read. */
    static final int ERROR = 3;

    private final String label;
    private final int exitCode;

    Outcome(String label, int exitCode) {
        this.label = label;
        this.exitCode = exitCode;
    }

    /** How the report writes it. */
    String label() {
        return label;
    }

    /** The exit code of a run that ends with it. */
    int exitCode() {
        return exitCode;
    }

    /** That of a whole run: a regression outweighs what could not be judged, and nothing to judge is not a pass. */
    static Outcome of(Collection<Verdict> verdicts) {
        if (verdicts.stream().anyMatch(verdict -> verdict.outcome() == REGRESSED)) {
            return REGRESSED;
        }
        boolean allHeld = !verdicts.isEmpty() && verdicts.stream().allMatch(verdict -> verdict.outcome() == HELD);
        return allHeld ? HELD : NOT_JUDGED;
    }
}
