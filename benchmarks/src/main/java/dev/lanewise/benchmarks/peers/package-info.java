/**
 * Other libraries that the same benchmarks run over, for comparison. This package is the seam: {@link
 * dev.lanewise.benchmarks.peers.Peer} and what it is asked to compute. The libraries themselves are in a build of their own,
 * the Maven profile {@code peers}, and never in the default one.
 */
package dev.lanewise.benchmarks.peers;
