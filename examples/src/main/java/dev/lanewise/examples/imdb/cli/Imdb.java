package dev.lanewise.examples.imdb.cli;

/** The IMDb sentiment classifier's command line. */
public final class Imdb {
    private Imdb() {}

    /**
     * Runs one verb.
     *
     * @param args the verb and its options
     */
    public static void main(String[] args) {
        System.out.println(String.join(" ", args));
    }
}
