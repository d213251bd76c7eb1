package dev.lanewise.examples.imdb.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Gets hold of reviews when the user has named none: what is on disk, else Stanford's archive from the network, else a
 * small corpus made on the spot, so that the first run always has something to learn from.
 */
public final class DataSources {

    /** Enough to learn from in a minute or two. */
    static final int SYNTHETIC_REVIEWS = 4_000;

    private final DataLocator locator;
    private final Downloader downloader;

    /** Creates the usual choice: this process's folders and Stanford's server. */
    public DataSources() {
        this(new DataLocator(), Downloader.ofStanford());
    }

    DataSources(DataLocator locator, Downloader downloader) {
        this.locator = locator;
        this.downloader = downloader;
    }

    /**
     * Finds, fetches or makes reviews.
     *
     * @param options how to read and split
     * @param notes receives a line about each step that the user should know of
     * @param progress told how far a download is
     * @return the three parts
     * @throws DataException if the reviews found are faulty
     */
    public Dataset open(LoadOptions options, Consumer<String> notes, Downloader.Progress progress) {
        Optional<Path> found = locator.locate();
        if (found.isPresent()) {
            return DatasetLoader.load(found.get(), options);
        }
        Path archive = locator.cacheFolder().resolve("aclImdb_v1.tar.gz");
        notes.accept("No reviews on this machine; fetching " + downloader.address() + " to " + archive);
        Path fetched;
        try {
            fetched = downloader.fetch(archive, progress);
        } catch (DataException e) {
            notes.accept(e.getMessage());
            notes.accept("Training on " + SYNTHETIC_REVIEWS
                    + " synthetic reviews instead; name real ones with --data (a CSV file, an archive or a folder)");
            return synthetic(SYNTHETIC_REVIEWS, options);
        }
        return DatasetLoader.load(fetched, options);
    }

    /**
     * Makes and splits synthetic reviews.
     *
     * @param count how many
     * @param options shares and seed of the split; the reviews themselves are always the same ones
     * @return the three parts
     */
    public static Dataset synthetic(int count, LoadOptions options) {
        return new Splitter(options.validationShare(), options.seed())
                .random(
                        "synthetic reviews",
                        new SyntheticCorpus(SyntheticCorpus.SEED).generate(count),
                        options.testShare(),
                        new ReadReport().summary());
    }
}
