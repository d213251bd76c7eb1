package dev.lanewise.benchmarks;

/** A benchmark with parameters for which plain loops would take minutes. */
interface NaiveLimit {
    /** Whether NAIVE is left out for the parameters as they are set. */
    boolean naiveTakesMinutes();
}
