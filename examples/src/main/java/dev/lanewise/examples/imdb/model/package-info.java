/** The classifier and its files: strict safetensors, and a folder that holds a whole model or none. */
package dev.lanewise.examples.imdb.model;
