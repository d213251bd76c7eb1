package dev.lanewise.examples.imdb.training;

/** Follows a training. All methods are called by the training thread, one at a time, and may be left unimplemented. */
public interface TrainingListener {

    /** Follows nothing. */
    TrainingListener SILENT = new TrainingListener() {};

    /**
     * Something worth a line of its own: which data is read, what was skipped, why the training stops.
     *
     * @param line one line without a line break
     */
    default void note(String line) {}

    /**
     * Another piece of a download is there.
     *
     * @param done bytes so far
     * @param total bytes of the whole
     */
    default void downloaded(long done, long total) {}

    /**
     * The training begins.
     *
     * @param epochs passes at most
     * @param reviewsPerEpoch reviews in each
     */
    default void trainingStarted(int epochs, long reviewsPerEpoch) {}

    /**
     * Another step of the current pass is done.
     *
     * @param epoch number of the pass, from 1
     * @param reviewsDone reviews of the pass so far
     * @param loss mean loss of the pass so far
     * @param accuracy accuracy of the pass so far
     */
    default void stepDone(int epoch, long reviewsDone, double loss, double accuracy) {}

    /**
     * The pass and its validation are over.
     *
     * @param result what it led to
     * @param best whether its weights are the best so far and are kept
     */
    default void epochDone(EpochResult result, boolean best) {}
}
