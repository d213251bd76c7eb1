/**
 * What a program that embeds Lanewise imports: the {@link dev.lanewise.Engine}, its operations grouped by family
 * ({@code XxxOps}), and the few types that they take. Operations check their arguments once, split the work over the
 * engine's threads, and hand plain {@code float[]} ranges to the kernels.
 */
package dev.lanewise;
