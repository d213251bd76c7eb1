package dev.lanewise.examples.imdb.report;

/**
 * How often a word stands in the training part.
 *
 * @param word the word
 * @param count its occurrences
 */
public record WordCount(String word, long count) {}
