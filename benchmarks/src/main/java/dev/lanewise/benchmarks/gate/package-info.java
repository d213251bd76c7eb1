/**
 * The regression gate: runs a short set of benchmarks, or reads recorded results, and judges them against checked-in
 * limits. Reading, judging and reporting know nothing of each other, so that another judge can be added beside
 * {@link dev.lanewise.benchmarks.gate.LimitJudge}.
 *
 * <p>{@link dev.lanewise.benchmarks.gate.Shares} judges nothing: it shows recorded results as shares of the machine's limits.
 */
package dev.lanewise.benchmarks.gate;
