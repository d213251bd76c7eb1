package dev.lanewise.examples.imdb.report;

import dev.lanewise.examples.imdb.AtomicFiles;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Puts one drawing into a PNG of double resolution and into an SVG whose text stays text. */
final class PictureWriter {

    /** Pixels per point: sharp on screens of double density and in print. */
    static final int SCALE = 2;

    private static final String SVG = "http://www.w3.org/2000/svg";
    private static final double METRES_PER_POINT = 0.0254 / 96;

    private PictureWriter() {}

    static void writePng(Picture picture, Path file) throws IOException {
        BufferedImage image = new BufferedImage(
                picture.width() * SCALE, picture.height() * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D surface = image.createGraphics();
        try {
            refine(surface);
            surface.scale(SCALE, SCALE);
            picture.drawing().draw(surface);
        } finally {
            surface.dispose();
        }
        AtomicFiles.write(file, out -> encode(image, out));
    }

    static void writeSvg(Picture picture, Path file) throws IOException {
        Document document = newDocument();
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
        context.setComment(null);
        context.setPrecision(2);
        SVGGraphics2D surface = new PreciseSvg(context);
        surface.setSVGCanvasSize(new Dimension(picture.width(), picture.height()));
        picture.drawing().draw(surface);
        Element root = surface.getRoot();
        root.setAttributeNS(null, "viewBox", "0 0 " + picture.width() + " " + picture.height());
        root.setAttributeNS(null, "role", "img");
        Element title = document.createElementNS(SVG, "title");
        title.setTextContent(picture.title());
        root.insertBefore(title, root.getFirstChild());
        surface.dispose();
        AtomicFiles.write(file, out -> {
            try {
                Transformer writer = TransformerFactory.newDefaultInstance().newTransformer();
                writer.setOutputProperty(OutputKeys.ENCODING, "UTF-8");
                writer.transform(new DOMSource(root), new StreamResult(out));
            } catch (TransformerException e) {
                throw new IOException(e);
            }
        });
    }

    private static void refine(Graphics2D surface) {
        surface.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
        surface.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        surface.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    }

    /** Writes the pixels with their density, so that programs show the picture in its size in points. */
    private static void encode(BufferedImage image, OutputStream out) throws IOException {
        ImageTypeSpecifier type = ImageTypeSpecifier.createFromRenderedImage(image);
        Iterator<ImageWriter> writers = ImageIO.getImageWriters(type, "png");
        ImageWriter writer = writers.next();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            IIOMetadata metadata = writer.getDefaultImageMetadata(type, null);
            IIOMetadataNode density = new IIOMetadataNode("pHYs");
            String pixelsPerMetre = Long.toString(Math.round(SCALE / METRES_PER_POINT));
            density.setAttribute("pixelsPerUnitXAxis", pixelsPerMetre);
            density.setAttribute("pixelsPerUnitYAxis", pixelsPerMetre);
            density.setAttribute("unitSpecifier", "meter");
            IIOMetadataNode root = new IIOMetadataNode(metadata.getNativeMetadataFormatName());
            root.appendChild(density);
            metadata.mergeTree(metadata.getNativeMetadataFormatName(), root);
            writer.setOutput(stream);
            writer.write(new IIOImage(image, null, metadata));
        } finally {
            writer.dispose();
        }
    }

    /** Measures text in fractions of a point; in whole ones, as by default, right-aligned text would be ragged. */
    private static final class PreciseSvg extends SVGGraphics2D {

        private static final Graphics2D METER = meter();

        PreciseSvg(SVGGeneratorContext context) {
            super(context, false);
        }

        private PreciseSvg(PreciseSvg original) {
            super(original);
        }

        @Override
        public Graphics create() {
            return new PreciseSvg(this);
        }

        @Override
        public FontMetrics getFontMetrics(Font font) {
            return METER.getFontMetrics(font);
        }

        private static Graphics2D meter() {
            Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
            refine(graphics);
            graphics.setRenderingHint(
                    RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            return graphics;
        }
    }

    private static Document newDocument() {
        try {
            return DocumentBuilderFactory.newDefaultNSInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(SVG, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's own XML parser has no default configuration", e);
        }
    }
}
