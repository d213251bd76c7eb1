package dev.lanewise.examples.imdb.cli;

import dev.lanewise.examples.imdb.training.TrainingSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code train} was asked for.
 *
 * @param data the reviews; empty for "look in the usual places"
 * @param skipBadRows whether broken rows are left out and counted rather than refused
 * @param threads threads to compute on
 * @param training all that decides the figures
 */
record RunSettings(Optional<Path> data, boolean skipBadRows, int threads, TrainingSettings training) {}
