package dev.lanewise.examples.imdb.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lanewise.examples.imdb.ImdbException;
import dev.lanewise.examples.imdb.model.ModelConfig;
import dev.lanewise.examples.imdb.training.EpochResult;
import dev.lanewise.examples.imdb.training.Regularization;
import dev.lanewise.examples.imdb.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Metrics metrics = metrics(7, 12.5, 1);
        Path file = folder.resolve(Metrics.FILE_NAME);
        metrics.write(file);
        assertEquals(metrics, Metrics.read(file));
    }

    @Test
    void fieldsStandInAFixedOrder() throws IOException {
        Path file = folder.resolve(Metrics.FILE_NAME);
        metrics(7, 12.5, 1).write(file);
        List<String> names = new ArrayList<>();
        new ObjectMapper().readTree(file.toFile()).fieldNames().forEachRemaining(names::add);
        assertEquals(
                List.of("format", "version", "settings", "data", "epochs", "bestEpoch", "test", "seconds",
                        "environment"),
                names);
    }

    @Test
    void figuresWithoutTimesDoNotDependOnThreadsOrSpeed() {
        assertEquals(metrics(7, 12.5, 1).reproducible(), metrics(7, 99, 2).reproducible());
        assertNotEquals(metrics(7, 12.5, 1).reproducible(), metrics(8, 12.5, 1).reproducible());
    }

    @Test
    void doublesSurviveToTheLastBit() throws IOException {
        Path file = folder.resolve(Metrics.FILE_NAME);
        metrics(7, 0.1 + 0.2, 1).write(file);
        assertEquals(0.1 + 0.2, Metrics.read(file).seconds());
    }

    @Test
    void foreignFileIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("x.json"), "{\"accuracy\": 1}");
        String message = assertThrows(ImdbException.class, () -> Metrics.read(file)).getMessage();
        assertTrue(message.startsWith(file.toString()), message);
    }

    @Test
    void processorIsNamedAsTheSystemNamesIt() throws IOException {
        Path cpuinfo = Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\nmodel name\t: Zen 4: the one\n");
        assertEquals("Zen 4: the one", Environment.processorName(cpuinfo));
        assertEquals("unknown",
                Environment.processorName(Files.writeString(folder.resolve("arm"), "processor\t: 0\n")));
    }

    private static Metrics metrics(long seed, double seconds, int threads) {
        return Metrics.of(
                new TrainingSettings(
                        5, 2, 32, 1e-3, 3e-3, 0.1, 0.01, 1, 30_000, 0, Regularization.NONE,
                        new ModelConfig(seed, 64, 4, 1, 128, 400, 4, 4, 0.1, 0.2, 0.4)),
                new DataCounts("aclImdb.tar.gz", 22_500, 2_500, 5_000, 11_250, 2_500, 123, "nothing skipped", 30_002),
                List.of(new EpochResult(1, 0.5, 0.75, 0.4, 0.82, 1e-3, 22_500, seconds)),
                1,
                new ClassificationResult(2261, 239, 198, 2302, 0.25),
                seconds,
                Environment.of(Instant.ofEpochSecond((long) seconds), "vector", 512, threads));
    }
}
