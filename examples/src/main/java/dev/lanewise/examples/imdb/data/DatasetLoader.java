package dev.lanewise.examples.imdb.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds out what a path holds, reads it and splits it. */
public final class DatasetLoader {

    /** What a folder is searched for, in this order. */
    static final List<String> NAMES = List.of("aclImdb", "aclImdb.tar.gz", "aclImdb_v1.tar.gz", "IMDB Dataset.csv",
            "IMDB Dataset.csv.gz");

    private DatasetLoader() {}

    /**
     * Loads reviews.
     *
     * @param path Stanford's folder {@code aclImdb} or its archive (official parts), a CSV file in Kaggle's layout, plain
     *     or gzip-compressed (split by text), or a folder that holds one of these under its usual name
     * @param options how to read and split
     * @return the three parts
     * @throws DataException if there is nothing of the kind or it cannot be used; the message names the file
     */
    public static Dataset load(Path path, LoadOptions options) {
        Path source = find(path).orElseThrow(() -> Files.exists(path)
                ? DataException.in(path, "holds none of " + String.join(", ", NAMES) + " and no folder train/pos")
                : DataException.in(path, "no such file or folder; check the path"));
        Splitter splitter = new Splitter(options.validationShare(), options.seed());
        if (isStanford(source)) {
            StanfordReader reader = new StanfordReader(options.skipBadRows());
            OfficialParts parts = reader.read(source);
            return splitter.official(source.toString(), parts, reader.report().summary());
        }
        KaggleCsvReader reader = new KaggleCsvReader(options.skipBadRows());
        List<Review> reviews = reader.read(source);
        return splitter.random(source.toString(), reviews, options.testShare(), reader.report().summary());
    }

    /** Resolves a path to a file or to an {@code aclImdb} folder, or to nothing where there is none. */
    static Optional<Path> find(Path path) {
        if (!Files.isDirectory(path)) {
            return Files.exists(path) ? Optional.of(path) : Optional.empty();
        }
        if (Files.isDirectory(path.resolve("train").resolve("pos"))) {
            return Optional.of(path);
        }
        return NAMES.stream().map(path::resolve).filter(Files::exists).findFirst();
    }

    private static boolean isStanford(Path source) {
        String name = source.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean named = name.endsWith(".tar") || name.endsWith(".tar.gz") || name.endsWith(".tgz");
        return Files.isDirectory(source) || named || FileKinds.isTar(source);
    }
}
