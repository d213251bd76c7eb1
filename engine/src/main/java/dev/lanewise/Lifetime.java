package dev.lanewise;

import dev.lanewise.runtime.Workers;

/**
 * Whether the operations of an engine may run, which each of them asks before it writes anything: without that, what runs on
 * the calling thread would outlive its engine and what takes a team would not.
 */
final class Lifetime {
    private final Workers workers;

    /** Not volatile, as the smallest products take a dozen nanoseconds: a call that meets a close may still run. */
    private boolean closed;

    Lifetime(Workers workers) {
        this.workers = workers;
    }

    void close() {
        closed = true;
    }

    /** That neither the engine nor its team is closed. */
    void check() {
        if (closed || workers.isClosed()) {
            throw new IllegalStateException(
                    closed ? "this engine is closed; start another one"
                            : "the workers that this engine was given are closed; build an engine with new ones");
        }
    }
}
