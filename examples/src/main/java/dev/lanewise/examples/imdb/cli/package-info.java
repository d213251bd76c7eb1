/** The command line: verbs, options, their checks, exit codes and messages. */
package dev.lanewise.examples.imdb.cli;
