/** What a run leaves for its readers: figures as JSON and pictures as PNG and SVG. */
package dev.lanewise.examples.imdb.report;
