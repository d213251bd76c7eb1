package dev.lanewise.examples.imdb.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.text.NumberFormat;
import java.util.Locale;

/** The confusion matrix: true classes down, answers across; each field's shade is its share of its row. */
final class ConfusionChart {

    static final String NAME = "confusion-matrix";

    private static final int WIDTH = 690;
    private static final int HEIGHT = 604;
    private static final int LEFT = 150;
    private static final int TOP = 96;
    private static final int FIELD_WIDTH = 240;
    private static final int FIELD_HEIGHT = 200;
    private static final int GAP = 6;
    private static final float COUNT_SIZE = 30;

    private static final Color RIGHT = new Color(0x14, 0x5a, 0x9c);
    private static final Color WRONG = new Color(0xc2, 0x3b, 0x4b);
    private static final String[] CLASSES = {"Negative", "Positive"};
    private static final String TITLE = "Confusion Matrix";

    private ConfusionChart() {}

    static Picture of(ClassificationResult result) {
        return new Picture(NAME, TITLE, WIDTH, HEIGHT, surface -> draw(surface, result));
    }

    private static void draw(Graphics2D g, ClassificationResult result) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setPaint(Style.PAPER);
        g.fill(new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));

        double middle = LEFT + FIELD_WIDTH + GAP / 2.0;
        text(g, TITLE, Style.font(Font.BOLD, Style.TITLE_SIZE), Style.INK, middle, 38);
        text(g, summary(result), Style.font(Font.PLAIN, Style.LABEL_SIZE), Style.FAINT_INK, middle, 68);

        long[][] counts = {
            {result.trueNegatives(), result.falsePositives()},
            {result.falseNegatives(), result.truePositives()}
        };
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 2; column++) {
                field(g, row, column, counts[row], result.reviews());
            }
        }
        drawLabels(g);
    }

    private static String summary(ClassificationResult result) {
        return String.format(
                Locale.ENGLISH,
                "%,d reviews  ·  accuracy %.2f %%  ·  F1 %.4f",
                result.reviews(),
                100 * result.accuracy(),
                result.f1());
    }

    private static void field(Graphics2D g, int row, int column, long[] counts, long total) {
        long count = counts[column];
        long rowTotal = counts[0] + counts[1];
        double x = LEFT + column * (FIELD_WIDTH + GAP);
        double y = TOP + row * (FIELD_HEIGHT + GAP);
        double share = rowTotal == 0 ? 0 : (double) count / rowTotal;
        Color full = row == column ? RIGHT : WRONG;
        g.setPaint(Style.blend(Style.PAPER, full, 0.10 + 0.90 * share));
        g.fill(new Rectangle2D.Double(x, y, FIELD_WIDTH, FIELD_HEIGHT));

        Color ink = share > 0.45 ? Color.WHITE : Style.INK;
        double centre = x + FIELD_WIDTH / 2.0;
        double line = y + FIELD_HEIGHT / 2.0;
        String number = NumberFormat.getIntegerInstance(Locale.ENGLISH).format(count);
        text(g, number, Style.font(Font.BOLD, COUNT_SIZE), ink, centre, line - 24);
        Font small = Style.font(Font.PLAIN, Style.LABEL_SIZE);
        text(g, percent(share) + " of " + CLASSES[row].toLowerCase(Locale.ENGLISH) + " reviews", small, ink, centre,
                line + 14);
        text(g, percent(total == 0 ? 0 : (double) count / total) + " of all reviews", small, ink, centre, line + 37);
    }

    private static void drawLabels(Graphics2D g) {
        Font names = Style.font(Font.PLAIN, Style.LABEL_SIZE + 1);
        Font axes = Style.font(Font.PLAIN, Style.LABEL_SIZE);
        int bottom = TOP + 2 * FIELD_HEIGHT + GAP;
        for (int i = 0; i < 2; i++) {
            double x = LEFT + i * (FIELD_WIDTH + GAP) + FIELD_WIDTH / 2.0;
            double y = TOP + i * (FIELD_HEIGHT + GAP) + FIELD_HEIGHT / 2.0;
            text(g, CLASSES[i], names, Style.INK, x, bottom + 26);
            text(g, CLASSES[i], names, Style.INK, LEFT - 54, y);
        }
        text(g, "Predicted", axes, Style.FAINT_INK, LEFT + FIELD_WIDTH + GAP / 2.0, bottom + 60);
        AffineTransform upright = g.getTransform();
        g.rotate(-Math.PI / 2, 34, TOP + FIELD_HEIGHT + GAP / 2.0);
        text(g, "True", axes, Style.FAINT_INK, 34, TOP + FIELD_HEIGHT + GAP / 2.0);
        g.setTransform(upright);
    }

    private static String percent(double share) {
        return String.format(Locale.ENGLISH, "%.1f %%", 100 * share);
    }

    /** Writes a line centred on a point. */
    private static void text(Graphics2D g, String line, Font font, Color colour, double x, double y) {
        TextLayout layout = new TextLayout(line, font, g.getFontRenderContext());
        g.setFont(font);
        g.setPaint(colour);
        double baseline = y + (layout.getAscent() - layout.getDescent()) / 2;
        g.drawString(line, (float) (x - layout.getAdvance() / 2), (float) baseline);
    }
}
