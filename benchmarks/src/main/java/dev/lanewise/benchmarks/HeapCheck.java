package dev.lanewise.benchmarks;

import java.util.Locale;
import java.util.Optional;

/** Whether arrays fit into the heap, asked before they are made: to run out of memory halfway says nothing of use. */
final class HeapCheck {
    /** Exit code of programs whose sizes do not fit. */
    static final int TOO_SMALL = 4;

    /** What the program itself takes, its shorter runs, and buffers of the engine. */
    private static final double RESERVE = 18 << 20;

    /** Of the rest: large arrays leave gaps between them. */
    private static final double SHARE = 0.85;

    private HeapCheck() {}

    /** One line that says what to do, or empty if that many bytes of arrays fit. */
    static Optional<String> refusal(String what, double bytes) {
        return refusal(what, bytes, Runtime.getRuntime().maxMemory());
    }

    static Optional<String> refusal(String what, double bytes, long heap) {
        if (bytes <= SHARE * (heap - RESERVE)) {
            return Optional.empty();
        }
        return Optional.of(
                String.format(
                        Locale.ROOT, "%s takes %.0f MB, too much for a heap of %d MB: give the JVM -Xmx%.0fm or more",
                        what, Math.ceil(bytes / (1 << 20)), heap >> 20,
                        Math.ceil((bytes / SHARE + RESERVE) / (1 << 20))));
    }
}
