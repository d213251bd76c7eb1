/** JMH benchmarks, one class per kernel family. */
package dev.lanewise.benchmarks;
