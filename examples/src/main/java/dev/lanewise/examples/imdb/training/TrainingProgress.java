package dev.lanewise.examples.imdb.training;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows a training to a person: on a terminal a bar that is redrawn in place, elsewhere plain lines now and then; and a
 * table with one line per epoch in both.
 */
public final class TrainingProgress implements TrainingListener {

    /** Leaves room for the figures on a line of 80 columns: a line that wraps cannot be redrawn. */
    private static final int BAR_CELLS = 10;
    private static final long REDRAW_NANOS = 100_000_000L;

    /** Without a terminal there is a line this often. */
    private static final long LINE_NANOS = 10_000_000_000L;

    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

    private final PrintStream out;
    private final boolean terminal;
    private final boolean unicode;
    private final LongSupplier nanoTime;

    private int epochs;
    private long reviewsPerEpoch;
    private long epochStart;
    private long lastShown;
    private int lastWidth;
    private boolean tableBegun;

    /**
     * @param out where to write
     * @param terminal whether {@code out} is a terminal that can redraw a line
     * @param nanoTime a clock in nanoseconds
     */
    public TrainingProgress(PrintStream out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.unicode = out.charset().newEncoder().canEncode('█');
        this.nanoTime = nanoTime;
    }

    /**
     * Shows a training on standard error, as a bar if a person watches it there.
     *
     * @return the listener
     */
    public static TrainingProgress onStandardError() {
        // The JDK tells only whether input and output both are terminals; a redirected output then gets plain lines too.
        boolean terminal = System.console() != null
                && System.console().isTerminal()
                && !"dumb".equals(System.getenv("TERM"))
                && System.getenv("CI") == null;
        return new TrainingProgress(System.err, terminal, System::nanoTime);
    }

    @Override
    public void note(String line) {
        eraseBar();
        out.println(line);
    }

    @Override
    public void downloaded(long done, long total) {
        long now = nanoTime.getAsLong();
        boolean last = done >= total;
        if (!last && now - lastShown < (terminal ? REDRAW_NANOS : LINE_NANOS)) {
            return;
        }
        lastShown = now;
        double share = total == 0 ? 1 : Math.min(1, (double) done / total);
        String figures = String.format(Locale.ROOT, "%3.0f %%  %.1f of %.1f MB", 100 * share, done / 1e6, total / 1e6);
        if (terminal) {
            redraw("Download " + bar(share) + " " + figures);
        } else {
            out.println("Download " + figures);
        }
        if (last) {
            eraseBar();
        }
    }

    @Override
    public void trainingStarted(int epochs, long reviewsPerEpoch) {
        this.epochs = epochs;
        this.reviewsPerEpoch = reviewsPerEpoch;
        startEpoch();
        this.tableBegun = false;
    }

    @Override
    public void stepDone(int epoch, long reviewsDone, double loss, double accuracy) {
        long now = nanoTime.getAsLong();
        long wait = terminal ? REDRAW_NANOS : LINE_NANOS;
        if (now - lastShown < wait) {
            return;
        }
        lastShown = now;
        double seconds = (now - epochStart) / 1e9;
        double rate = seconds > 0 ? reviewsDone / seconds : 0;
        long reviewsLeft = (long) (epochs - epoch) * reviewsPerEpoch + reviewsPerEpoch - reviewsDone;
        String figures = String.format(
                Locale.ROOT,
                "loss %.4f  acc %4.1f %%  %,.0f rev/s  ETA %s",
                loss,
                100 * accuracy,
                rate,
                rate > 0 ? duration(reviewsLeft / rate) : "--:--");
        double done = reviewsPerEpoch == 0 ? 1 : Math.min(1, (double) reviewsDone / reviewsPerEpoch);
        String head = String.format(Locale.ROOT, "Epoch %d/%d ", epoch, epochs);
        if (terminal) {
            redraw(head + bar(done) + String.format(Locale.ROOT, " %3.0f %%  ", 100 * done) + figures);
        } else {
            out.println(head + String.format(Locale.ROOT, "%3.0f %%  ", 100 * done) + figures);
        }
    }

    @Override
    public void epochDone(EpochResult result, boolean best) {
        eraseBar();
        if (!tableBegun) {
            out.println(" epoch  train loss  train acc  valid loss  valid acc  reviews/s     time");
            tableBegun = true;
        }
        out.println(String.format(
                Locale.ROOT,
                "%6s  %10.4f  %7.2f %%  %10.4f  %7.2f %%  %,9.0f  %7s%s",
                result.epoch() + "/" + epochs,
                result.trainLoss(),
                100 * result.trainAccuracy(),
                result.validationLoss(),
                100 * result.validationAccuracy(),
                result.seconds() > 0 ? result.reviews() / result.seconds() : 0,
                duration(result.seconds()),
                best ? "  best" : ""));
        startEpoch();
    }

    /**
     * Writes a time as minutes and seconds, with hours where there are any.
     *
     * @param seconds the time
     * @return such as {@code 01:05} or {@code 2:00:00}
     */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%02d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }

    private void startEpoch() {
        epochStart = nanoTime.getAsLong();
        lastShown = epochStart;
    }

    private String bar(double done) {
        int eighths = (int) Math.floor(done * BAR_CELLS * 8);
        int full = eighths / 8;
        if (!unicode) {
            return "[" + "#".repeat(full) + "-".repeat(BAR_CELLS - full) + "]";
        }
        String part = full < BAR_CELLS ? EIGHTHS.substring(eighths % 8, eighths % 8 + 1) : "";
        return "▕" + "█".repeat(full) + part + " ".repeat(Math.max(0, BAR_CELLS - full - 1)) + "▏";
    }

    private void redraw(String line) {
        out.print("\r" + line + " ".repeat(Math.max(0, lastWidth - line.length())));
        out.flush();
        lastWidth = line.length();
    }

    private void eraseBar() {
        if (lastWidth > 0) {
            out.print("\r" + " ".repeat(lastWidth) + "\r");
            lastWidth = 0;
        }
    }
}
