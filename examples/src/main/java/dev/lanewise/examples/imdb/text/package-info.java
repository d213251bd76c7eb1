/**
 * From a review's text to numbers: tokens, their counts, the vocabulary of words, the dictionaries of
 * word pairs and triples, and the encoder that puts them together.
 */
package dev.lanewise.examples.imdb.text;
