/** Training: its settings, its results pass by pass, and how it is shown to a person while it runs. */
package dev.lanewise.examples.imdb.training;
