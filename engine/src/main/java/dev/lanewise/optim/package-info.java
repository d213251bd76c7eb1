/**
 * What turns gradients into better parameters: clipping, the update, the schedule of its rate, and averaging. Each is one
 * pass over the flat array of a {@link dev.lanewise.nn.Parameters}, and over the touched rows of its tables; clipping shares
 * that of the update where it hands its factor on.
 *
 * <p>{@link dev.lanewise.optim.AdamW} and {@link dev.lanewise.optim.WeightAverage} keep more than numbers between two steps:
 * it has the form of the parameters, so that a program saves it as it saves the model, and both take it back with
 * {@code restore}. The rest of a training depends on the number of the step alone.
 */
package dev.lanewise.optim;
