/** Transformer layers as forward/backward pairs. */
package dev.lanewise.nn;
