/**
 * JMH benchmarks, one class for each kernel family, each on the three rungs of the
 * {@link dev.lanewise.benchmarks.Ladder}. A benchmark's class comment says what is measured, which sizes and why, what a
 * good result is, what is outside the timed region, and how to run only it.
 */
package dev.lanewise.benchmarks;
