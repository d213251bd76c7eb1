package dev.lanewise.examples.imdb.cli;

import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.model.ModelFolder;
import dev.lanewise.examples.imdb.report.Metrics;
import dev.lanewise.examples.imdb.report.PictureException;
import dev.lanewise.examples.imdb.report.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A run's result folder: the model, {@code metrics.json} and the pictures. */
final class RunFolder {

    private final Path folder;

    RunFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Finds out before hours of training whether the results could be written. Leaves the folder in place, and the model
     * in it that a run which was ended while saving had put aside.
     *
     * @param notes gets a line if there was one
     * @throws ImdbException if they could not
     */
    void prepare(Consumer<String> notes) {
        try {
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new ImdbException(folder + ": is a file; name a folder with --out");
            }
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".lanewise-", ".probe"));
            Path model = folder.resolve(ModelFolder.NAME_IN_RUN);
            if (ModelFolder.recover(model)) {
                notes.accept(model + ": put back; a run was ended while it saved another");
            }
            ModelFolder.requireReplaceable(model);
            for (Path file : files()) {
                if (Files.isDirectory(file)) {
                    throw new ImdbException(
                            file + ": is a folder where a file is to be written; move it or name another --out");
                }
            }
        } catch (IOException e) {
            throw new ImdbException(folder + ": cannot be written to; name another folder with --out", e);
        }
    }

    /**
     * Writes everything, the model first and the pictures last: what fails late costs least. Figures and pictures of an
     * older run are removed before that, so that none of them stands beside a model that it does not belong to.
     *
     * @param warnings gets a line if there are no pictures
     * @return the files and folders written
     * @throws ImdbException if the model or the figures cannot be written; the message names them
     */
    List<Path> write(RunResult result, Metrics metrics, boolean withPictures, Consumer<String> warnings) {
        for (Path file : files()) {
            writing(file, () -> Files.deleteIfExists(file));
        }
        List<Path> written = new ArrayList<>();
        Path model = folder.resolve(ModelFolder.NAME_IN_RUN);
        writing(model, () -> ModelFolder.save(model, result.model()));
        written.add(model);
        Path file = folder.resolve(Metrics.FILE_NAME);
        writing(file, () -> metrics.write(file));
        written.add(file);
        if (withPictures) {
            try {
                written.addAll(Pictures.write(folder, result.topWords(), result.epochs(), result.test()));
            } catch (PictureException e) {
                warnings.accept("warning: " + e.getMessage());
            }
        }
        return written;
    }

    /** The figures and pictures, there or not. */
    private List<Path> files() {
        List<Path> files = new ArrayList<>(Pictures.files(folder));
        files.addFirst(folder.resolve(Metrics.FILE_NAME));
        return files;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** What the system says of a full disk names no file, and what is written first has another name than the target. */
    private static void writing(Path target, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new ImdbException(
                    target + ": cannot be written (" + e.getMessage() + "); check disk and rights and train again", e);
        }
    }
}
