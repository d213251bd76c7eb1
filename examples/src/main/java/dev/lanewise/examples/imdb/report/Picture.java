package dev.lanewise.examples.imdb.report;

import java.awt.Graphics2D;

/**
 * A drawing that does not know what it is drawn on.
 *
 * @param name file name without its ending
 * @param title what it shows, in a few words
 * @param width width in points
 * @param height height in points
 * @param drawing draws it from (0, 0) to (width, height)
 */
record Picture(String name, String title, int width, int height, Drawing drawing) {

    /** Draws on any surface: pixels or a vector file. */
    @FunctionalInterface
    interface Drawing {
        void draw(Graphics2D surface);
    }
}
