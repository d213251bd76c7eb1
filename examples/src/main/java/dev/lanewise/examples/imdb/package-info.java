/** A film review classifier, trained from scratch: data, tokens, batches, model, training, report and command line. */
package dev.lanewise.examples.imdb;
