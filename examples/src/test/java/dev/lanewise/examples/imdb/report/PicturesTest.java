package dev.lanewise.examples.imdb.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.examples.imdb.training.EpochResult;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class PicturesTest {

    private static final ClassificationResult TEST = new ClassificationResult(2261, 239, 198, 2302, 0.25);

    @TempDir
    Path folder;

    @Test
    void everyPictureIsWrittenAsPngAndSvg() throws PictureException {
        List<String> names = new ArrayList<>();
        List<Path> files = Pictures.write(folder.resolve("new"), words(30), epochs(5), TEST);
        assertEquals(files, Pictures.files(folder.resolve("new")));
        for (Path file : files) {
            assertTrue(Files.exists(file));
            names.add(file.getFileName().toString());
        }
        assertEquals(
                List.of(
                        "top-words.png", "top-words.svg", "loss.png", "loss.svg", "accuracy.png", "accuracy.svg",
                        "confusion-matrix.png", "confusion-matrix.svg"),
                names);
    }

    @Test
    void wordsAndCountsOfTheTwentyMostFrequentStandInTheSvg() throws Exception {
        Set<String> texts = texts(WordChart.of(words(30)));
        assertTrue(texts.contains("Top 20 Words by Frequency"), texts::toString);
        for (int i = 0; i < 20; i++) {
            assertTrue(texts.contains("word" + i), "word" + i);
        }
        assertTrue(!texts.contains("word20"), texts::toString);
        assertTrue(texts.contains("300,000"), texts::toString);
    }

    @Test
    void epochsAreWholeNumbers() throws Exception {
        Set<String> texts = texts(CurveChart.loss(epochs(3)));
        assertTrue(texts.containsAll(Set.of("1", "2", "3", "Epoch", "Training loss", "Validation loss")),
                texts::toString);
        assertTrue(!texts.contains("1.5") && !texts.contains("0") && !texts.contains("4"), texts::toString);
        assertTrue(texts.contains("Training Loss Over Time"), texts::toString);
    }

    @Test
    void confusionMatrixHasCountsAndPercentages() throws Exception {
        Set<String> texts = texts(ConfusionChart.of(TEST));
        assertTrue(
                texts.containsAll(
                        Set.of("2,261", "239", "198", "2,302", "90.4 % of negative reviews", "46.0 % of all reviews")),
                texts::toString);
    }

    @Test
    void pngIsDrawnAtDoubleResolutionAndIsNotBlank() throws IOException {
        for (Picture picture : List.of(
                WordChart.of(words(20)),
                CurveChart.loss(epochs(5)),
                CurveChart.accuracy(epochs(5)),
                ConfusionChart.of(TEST))) {
            BufferedImage image = png(picture);
            assertEquals(2 * picture.width(), image.getWidth());
            assertEquals(2 * picture.height(), image.getHeight());
            assertTrue(share(image, Color.WHITE) < 0.99, picture.name() + " is blank");
            assertEquals(Color.WHITE.getRGB(), image.getRGB(0, 0));
        }
    }

    @Test
    void trainingLossIsMagentaAndBarsAreARainbow() throws IOException {
        assertTrue(share(png(CurveChart.loss(epochs(5))), Style.TRAINING) > 0.002);
        BufferedImage bars = png(WordChart.of(words(20)));
        for (int i = 0; i < 20; i++) {
            assertTrue(share(bars, Style.rainbow(i / 19.0)) > 0.001, "colour " + i);
        }
    }

    @Test
    void fewDataStillMakePictures() throws PictureException {
        assertEquals(8,
                Pictures.write(folder, List.of(), List.of(), ClassificationResult.of(new int[0], new float[0])).size());
        assertEquals(8, Pictures.write(folder, words(1), epochs(1), new ClassificationResult(0, 1, 0, 0, 1)).size());
    }

    @Test
    void unwritableFolderIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        String message = assertThrows(PictureException.class, () -> Pictures.write(file, words(3), epochs(2), TEST))
                .getMessage();
        assertTrue(message.contains(file.toString()), message);
    }

    @Test
    void gridLinesStandAtRoundValues() {
        assertEquals(0.1, CurveChart.niceStep(0.5), 1e-12);
        assertEquals(0.02, CurveChart.niceStep(0.14), 1e-12);
        assertEquals(0.05, CurveChart.niceStep(0.4), 1e-12);
        assertEquals(1, CurveChart.niceStep(8), 1e-12);
    }

    private BufferedImage png(Picture picture) throws IOException {
        Path file = folder.resolve(picture.name() + ".png");
        PictureWriter.writePng(picture, file);
        return ImageIO.read(file.toFile());
    }

    private Set<String> texts(Picture picture) throws Exception {
        Path file = folder.resolve(picture.name() + ".svg");
        PictureWriter.writeSvg(picture, file);
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document = factory.newDocumentBuilder().parse(file.toFile());
        assertEquals("svg", document.getDocumentElement().getLocalName());
        Set<String> texts = new HashSet<>();
        NodeList nodes = document.getElementsByTagNameNS("*", "text");
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }

    private static double share(BufferedImage image, Color colour) {
        long count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += image.getRGB(x, y) == colour.getRGB() ? 1 : 0;
            }
        }
        return (double) count / ((long) image.getWidth() * image.getHeight());
    }

    private static List<WordCount> words(int count) {
        List<WordCount> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(new WordCount("word" + i, 300_000 - 7_000L * i));
        }
        return words;
    }

    private static List<EpochResult> epochs(int count) {
        List<EpochResult> epochs = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            epochs.add(new EpochResult(i, 0.6 / i, 1 - 0.3 / i, 0.4 / i, 1 - 0.2 / i, 1e-3, 25_000, 10));
        }
        return epochs;
    }
}
