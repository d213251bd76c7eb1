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
     * Finds out before hours of training whether the results could be written. Leaves the folder in place.
     *
     * @throws ImdbException if they could not
     */
    void prepare() {
        try {
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new ImdbException(folder + ": is a file; name a folder with --out");
            }
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".lanewise-", ".probe"));
            ModelFolder.requireReplaceable(folder.resolve(ModelFolder.NAME_IN_RUN));
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
     */
    List<Path> write(RunResult result, Metrics metrics, boolean withPictures, Consumer<String> warnings)
            throws IOException {
        Files.deleteIfExists(folder.resolve(Metrics.FILE_NAME));
        for (Path picture : Pictures.files(folder)) {
            Files.deleteIfExists(picture);
        }
        List<Path> written = new ArrayList<>();
        Path model = folder.resolve(ModelFolder.NAME_IN_RUN);
        ModelFolder.save(model, result.model());
        written.add(model);
        Path file = folder.resolve(Metrics.FILE_NAME);
        metrics.write(file);
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
}
