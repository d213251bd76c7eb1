package dev.lanewise.examples.imdb.report;

import dev.lanewise.examples.imdb.training.EpochResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The pictures of a run, each as PNG and as SVG. */
public final class Pictures {

    private static final List<String> NAMES = List.of(WordChart.NAME, CurveChart.LOSS, CurveChart.ACCURACY,
            ConfusionChart.NAME);
    private static final String PNG = ".png";
    private static final String SVG = ".svg";

    private Pictures() {}

    /**
     * The files that {@link #write} writes.
     *
     * @param folder where it would write
     * @return their paths in its order
     */
    public static List<Path> files(Path folder) {
        return NAMES.stream()
                .flatMap(name -> Stream.of(PNG, SVG).map(ending -> folder.resolve(name + ending)))
                .toList();
    }

    /**
     * Draws the most frequent words, the losses, the accuracies and the confusion matrix.
     *
     * @param folder where to write; created if it is missing
     * @param words words of the training part, most frequent first; the first twenty are shown
     * @param epochs the training's passes in order
     * @param test the answers on the test part
     * @return the files written
     * @throws PictureException if this machine cannot draw, as without fonts, or the files cannot be written
     */
    public static List<Path> write(
            Path folder, List<WordCount> words, List<EpochResult> epochs, ClassificationResult test)
            throws PictureException {
        // A program without a window must not ask for a display, whatever the environment says.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        List<Path> files = new ArrayList<>();
        try {
            List<Picture> pictures = List.of(
                    WordChart.of(words), CurveChart.loss(epochs), CurveChart.accuracy(epochs), ConfusionChart.of(test));
            for (Picture picture : pictures) {
                Path png = folder.resolve(picture.name() + PNG);
                PictureWriter.writePng(picture, png);
                files.add(png);
                Path svg = folder.resolve(picture.name() + SVG);
                PictureWriter.writeSvg(picture, svg);
                files.add(svg);
            }
        } catch (IOException e) {
            throw new PictureException("no pictures: cannot write to " + folder + ": " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            if (e instanceof OutOfMemoryError) {
                throw e;
            }
            // Without fontconfig or without a font the JDK fails with one of many errors, not with a documented one.
            throw new PictureException(
                    "no pictures: this machine cannot draw text (" + reason(e)
                            + "); install fontconfig and a font such as DejaVu, or say --no-pictures",
                    e);
        }
        return files;
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? "" : root.getMessage().lines().findFirst().orElse("");
        return message.isBlank() ? root.getClass().getSimpleName() : message;
    }
}
