/**
 * What turns gradients into better parameters: clipping, the update, the schedule of its rate, and averaging. Each is one
 * pass over the flat array of a {@link dev.lanewise.nn.Parameters}, and over the touched rows of its tables; clipping shares
 * that of the update where it hands its factor on.
 */
package dev.lanewise.optim;
