package dev.lanewise.examples.imdb.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Looks for the reviews on disk, in this order:
 *
 * <ol>
 *   <li>the file or folder named by the environment variable {@value #VARIABLE}; once set, nothing else is tried;
 *   <li>{@code data} and {@code data/imdb} in the working folder, then {@code shared/data/imdb} beside it, where several
 *       checkouts can share one copy;
 *   <li>the cache folder {@code ~/.cache/lanewise/imdb}, where a download is kept.
 * </ol>
 *
 * In a folder it takes the first of {@code aclImdb}, {@code aclImdb.tar.gz}, {@code aclImdb_v1.tar.gz},
 * {@code IMDB Dataset.csv} and {@code IMDB Dataset.csv.gz}.
 */
public final class DataLocator {

    /** Environment variable that names the data. */
    public static final String VARIABLE = "LANEWISE_IMDB";

    private final UnaryOperator<String> environment;
    private final Path workingFolder;
    private final Path home;

    /** Creates a locator for this process: its environment, working folder and home. */
    public DataLocator() {
        this(System::getenv, Path.of(""), Path.of(System.getProperty("user.home", "")));
    }

    DataLocator(UnaryOperator<String> environment, Path workingFolder, Path home) {
        this.environment = environment;
        this.workingFolder = workingFolder;
        this.home = home;
    }

    /**
     * Looks in the usual places.
     *
     * @return the file or folder found first, or nothing
     * @throws DataException if {@value #VARIABLE} is set and there is nothing where it points
     */
    public Optional<Path> locate() {
        String named = environment.apply(VARIABLE);
        if (named != null && !named.isBlank()) {
            return Optional
                    .of(DatasetLoader.find(Path.of(named)).orElseThrow(() -> new DataException(VARIABLE + "=" + named
                            + ": no reviews there; name a CSV file, an archive or a folder, or unset the variable")));
        }
        return folders().stream().map(DatasetLoader::find).flatMap(Optional::stream).findFirst();
    }

    /**
     * Where a download is kept.
     *
     * @return the cache folder, which need not exist
     */
    public Path cacheFolder() {
        return home.resolve(".cache").resolve("lanewise").resolve("imdb");
    }

    /** The folders looked into, in order. */
    List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        for (String folder : List.of("data", "data/imdb", "../shared/data/imdb")) {
            folders.add(workingFolder.resolve(folder).normalize());
        }
        folders.add(cacheFolder());
        return folders;
    }
}
