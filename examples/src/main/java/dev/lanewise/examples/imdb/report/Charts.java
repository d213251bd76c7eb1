package dev.lanewise.examples.imdb.report;

import java.awt.Font;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleInsets;

/** What the charts have in common. */
final class Charts {

    private Charts() {}

    static void styleAxis(ValueAxis axis) {
        axis.setLabelFont(Style.font(Font.PLAIN, Style.LABEL_SIZE));
        axis.setLabelPaint(Style.FAINT_INK);
        axis.setLabelInsets(new RectangleInsets(8, 8, 4, 8));
        axis.setTickLabelFont(Style.font(Font.PLAIN, Style.TICK_SIZE));
        axis.setTickLabelPaint(Style.FAINT_INK);
        axis.setTickLabelInsets(new RectangleInsets(5, 6, 3, 6));
        axis.setAxisLineVisible(false);
        axis.setTickMarksVisible(false);
    }

    /** Puts the title and the margins round a plot. */
    static JFreeChart finish(String title, Plot plot) {
        JFreeChart chart = new JFreeChart(title, Style.font(Font.BOLD, Style.TITLE_SIZE), plot, false);
        chart.setBackgroundPaint(Style.PAPER);
        chart.setAntiAlias(true);
        chart.setPadding(new RectangleInsets(18, 16, 14, 28));
        chart.getTitle().setPaint(Style.INK);
        chart.getTitle().setHorizontalAlignment(HorizontalAlignment.CENTER);
        chart.getTitle().setPadding(new RectangleInsets(0, 0, 14, 0));
        return chart;
    }
}
