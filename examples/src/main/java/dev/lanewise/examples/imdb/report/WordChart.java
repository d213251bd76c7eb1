package dev.lanewise.examples.imdb.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Paint;
import java.awt.geom.Rectangle2D;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;

/** The most frequent words as horizontal bars in the colours of the rainbow, each with its count. */
final class WordChart {

    /** Bars in the picture. */
    static final int WORDS = 20;

    static final String NAME = "top-words";

    private static final int WIDTH = 900;
    private static final int HEADROOM = 110;
    private static final int BAR_HEIGHT = 30;

    private WordChart() {}

    /** The picture of the first {@value #WORDS} words; the list comes sorted, most frequent first. */
    static Picture of(List<WordCount> words) {
        List<WordCount> shown = words.subList(0, Math.min(WORDS, words.size()));
        String title = "Top " + shown.size() + " Words by Frequency";
        JFreeChart chart = chart(title, shown);
        int height = HEADROOM + BAR_HEIGHT * Math.max(shown.size(), 4);
        Rectangle2D area = new Rectangle2D.Double(0, 0, WIDTH, height);
        return new Picture(NAME, title, WIDTH, height, surface -> chart.draw(surface, area));
    }

    private static JFreeChart chart(String title, List<WordCount> words) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        for (WordCount word : words) {
            data.addValue(word.count(), "count", word.word());
        }
        NumberFormat counts = NumberFormat.getIntegerInstance(Locale.ENGLISH);

        CategoryAxis names = new CategoryAxis();
        names.setTickLabelFont(Style.font(Font.PLAIN, Style.LABEL_SIZE));
        names.setTickLabelPaint(Style.INK);
        names.setCategoryLabelPositionOffset(8);
        names.setMaximumCategoryLabelWidthRatio(0.3f);
        names.setAxisLinePaint(Style.AXIS);
        names.setTickMarksVisible(false);
        names.setLowerMargin(0.01);
        names.setUpperMargin(0.01);
        names.setCategoryMargin(0.22);

        NumberAxis frequency = new NumberAxis("Occurrences in the training part");
        Charts.styleAxis(frequency);
        frequency.setNumberFormatOverride(counts);
        frequency.setStandardTickUnits(NumberAxis.createIntegerTickUnits(Locale.ENGLISH));
        frequency.setUpperMargin(0.12);

        CategoryPlot plot = new CategoryPlot(data, names, frequency, new RainbowBars(words.size(), counts));
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
        plot.setRangeGridlinePaint(Style.GRID);
        plot.setRangeGridlineStroke(Style.THIN);
        plot.setBackgroundPaint(Style.PAPER);
        plot.setOutlineVisible(false);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setNoDataMessage("no words");
        return Charts.finish(title, plot);
    }

    /** Colours each bar by its place and writes its count behind it. */
    private static final class RainbowBars extends BarRenderer {

        private static final long serialVersionUID = 1L;

        private final int bars;

        RainbowBars(int bars, NumberFormat counts) {
            this.bars = bars;
            setBarPainter(new StandardBarPainter());
            setShadowVisible(false);
            setDrawBarOutline(false);
            setMaximumBarWidth(0.06);
            setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", counts));
            setDefaultItemLabelsVisible(true);
            setDefaultItemLabelFont(Style.font(Font.PLAIN, Style.TICK_SIZE));
            setDefaultItemLabelPaint(Style.FAINT_INK);
            setDefaultPositiveItemLabelPosition(
                    new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
            setItemLabelInsets(new RectangleInsets(0, 7, 0, 7));
            setDefaultOutlineStroke(new BasicStroke(0));
        }

        @Override
        public Paint getItemPaint(int row, int column) {
            return bars < 2 ? Style.rainbow(0) : Style.rainbow(column / (bars - 1.0));
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
