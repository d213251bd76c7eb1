/** Encoded reviews and the padded, length-bucketed batches that a training loop walks through. */
package dev.lanewise.examples.imdb.batch;
