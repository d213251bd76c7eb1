package dev.lanewise.examples.imdb.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingProgressTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long nanos;

    @Test
    void terminalGetsABarThatIsRedrawnInPlace() {
        train(progress(true, StandardCharsets.UTF_8), 1);
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains(
                "\rEpoch 1/2 ▕█████     ▏  50 %  loss 0.6000  acc 70.0 %  1,000 rev/s  ETA 00:15"),
                text);
        assertEquals(2, text.lines().filter(line -> line.strip().startsWith("1/2") || line.contains("epoch ")).count(),
                text);
    }

    @Test
    void everyRedrawCoversTheOneBefore() {
        TrainingProgress progress = progress(true, StandardCharsets.UTF_8);
        train(progress, 1);
        progress.note("stopped");
        int width = 0;
        for (String frame : bytes.toString(StandardCharsets.UTF_8).split("\r")) {
            if (frame.startsWith("Epoch")) {
                assertTrue(frame.length() >= width && frame.length() <= 80, frame);
                width = frame.stripTrailing().length();
            }
        }
        assertTrue(width > 0);
    }

    @Test
    void terminalWithoutUnicodeGetsPlainCharacters() {
        train(progress(true, StandardCharsets.US_ASCII), 1);
        assertTrue(bytes.toString(StandardCharsets.US_ASCII).contains("[#####-----]"), bytes::toString);
    }

    @Test
    void withoutTerminalThereAreOnlyWholeLines() {
        train(progress(false, StandardCharsets.UTF_8), 60);
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertFalse(text.contains("\r"), text);
        assertTrue(text.endsWith("\n"), text);
        assertTrue(text.contains("Epoch 1/2  50 %  loss 0.6000  acc 70.0 %  17 rev/s  ETA 15:00"), text);
    }

    @Test
    void linesAreNotWrittenMoreOftenThanEveryTenSeconds() {
        train(progress(false, StandardCharsets.UTF_8), 1);
        long lines = bytes.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("Epoch")).count();
        assertEquals(1, lines);
    }

    @Test
    void epochsFormATableWithTheBestMarked() {
        TrainingProgress progress = progress(false, StandardCharsets.UTF_8);
        progress.trainingStarted(2, 1000);
        progress.epochDone(new EpochResult(1, 0.5, 0.75, 0.4, 0.82, 1e-3, 25_000, 50), true);
        progress.epochDone(new EpochResult(2, 0.3, 0.88, 0.45, 0.81, 1e-3, 25_000, 65.4), false);
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(
                List.of(
                        " epoch  train loss  train acc  valid loss  valid acc  reviews/s     time",
                        "   1/2      0.5000    75.00 %      0.4000    82.00 %        500    00:50  best",
                        "   2/2      0.3000    88.00 %      0.4500    81.00 %        382    01:05"),
                lines);
    }

    @Test
    void downloadIsShownInMegabytes() {
        TrainingProgress bar = progress(true, StandardCharsets.UTF_8);
        nanos += 1_000_000_000L;
        bar.downloaded(42_000_000, 84_000_000);
        assertTrue(
                bytes.toString(StandardCharsets.UTF_8).endsWith("▕█████     ▏  50 %  42.0 of 84.0 MB"),
                bytes::toString);
        bytes.reset();
        TrainingProgress lines = progress(false, StandardCharsets.UTF_8);
        for (int i = 1; i <= 30; i++) {
            nanos += 1_000_000_000L;
            lines.downloaded(2_800_000L * i, 84_000_000);
        }
        List<String> text = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(text.size() >= 3 && text.size() <= 5, text::toString);
        assertEquals("Download 100 %  84.0 of 84.0 MB", text.getLast());
    }

    @Test
    void durationsGrowHoursWhenTheyNeedThem() {
        assertEquals("00:00", TrainingProgress.duration(0.4));
        assertEquals("01:05", TrainingProgress.duration(65));
        assertEquals("2:00:01", TrainingProgress.duration(7201));
    }

    /** Ten steps of 1,000 reviews each in the first of two epochs, the given seconds apart. */
    private void train(TrainingProgress progress, int secondsPerStep) {
        progress.trainingStarted(2, 10_000);
        for (int step = 1; step <= 10; step++) {
            nanos += secondsPerStep * 1_000_000_000L;
            progress.stepDone(1, step * 1000L, 0.6, 0.7);
        }
        progress.epochDone(new EpochResult(1, 0.6, 0.7, 0.5, 0.8, 1e-3, 10_000, 10), true);
    }

    private TrainingProgress progress(boolean terminal, Charset charset) {
        return new TrainingProgress(new PrintStream(bytes, true, charset), terminal, () -> nanos);
    }
}
