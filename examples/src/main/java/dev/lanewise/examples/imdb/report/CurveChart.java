package dev.lanewise.examples.imdb.report;

import dev.lanewise.examples.imdb.training.EpochResult;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Two lines over the epochs: training in magenta and validation beside it. */
final class CurveChart {

    static final String LOSS = "loss";
    static final String ACCURACY = "accuracy";

    private static final int WIDTH = 900;
    private static final int HEIGHT = 540;
    private static final double DOT = 8;
    private static final String LOSS_FORMAT = "0.00#";
    private static final String ACCURACY_FORMAT = "0.## %";

    /** Integer steps between labelled epochs; the first that leaves no more than {@link #MAX_TICKS} is taken. */
    private static final int[] STEPS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

    private static final int MAX_TICKS = 20;
    private static final int MAX_GRID_LINES = 8;
    private static final double MIN_RANGE = 1e-3;

    private CurveChart() {}

    static Picture loss(List<EpochResult> epochs) {
        XYSeriesCollection data = new XYSeriesCollection();
        data.addSeries(series("Training loss", epochs, EpochResult::trainLoss));
        data.addSeries(series("Validation loss", epochs, EpochResult::validationLoss));
        return picture(LOSS, "Training Loss Over Time", "Loss (nats per review)", LOSS_FORMAT, data, epochs);
    }

    static Picture accuracy(List<EpochResult> epochs) {
        XYSeriesCollection data = new XYSeriesCollection();
        data.addSeries(series("Training accuracy", epochs, EpochResult::trainAccuracy));
        data.addSeries(series("Validation accuracy", epochs, EpochResult::validationAccuracy));
        return picture(ACCURACY, "Accuracy Over Time", "Accuracy", ACCURACY_FORMAT, data, epochs);
    }

    private static XYSeries series(String name, List<EpochResult> epochs, ToDoubleFunction<EpochResult> value) {
        XYSeries series = new XYSeries(name);
        for (EpochResult epoch : epochs) {
            series.add(epoch.epoch(), value.applyAsDouble(epoch));
        }
        return series;
    }

    private static Picture picture(
            String name, String title, String label, String format, XYSeriesCollection data, List<EpochResult> epochs) {
        NumberAxis values = new NumberAxis(label);
        Charts.styleAxis(values);
        values.setAutoRangeIncludesZero(false);
        values.setAutoRangeStickyZero(false);
        values.setLowerMargin(0.08);
        values.setUpperMargin(0.08);
        values.setAutoRangeMinimumSize(MIN_RANGE);

        XYPlot plot = new XYPlot(data, epochAxis(epochs), values, lines());
        plot.setBackgroundPaint(Style.PAPER);
        plot.setOutlineVisible(false);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setRangeGridlinePaint(Style.GRID);
        plot.setRangeGridlineStroke(Style.THIN);
        plot.setDomainGridlinesVisible(false);
        plot.setNoDataMessage("no epochs");
        NumberFormat numbers = new DecimalFormat(format, DecimalFormatSymbols.getInstance(Locale.ENGLISH));
        values.setTickUnit(new NumberTickUnit(niceStep(values.getRange().getLength()), numbers));

        JFreeChart chart = Charts.finish(title, plot);
        chart.addLegend(legend(plot));
        Rectangle2D area = new Rectangle2D.Double(0, 0, WIDTH, HEIGHT);
        return new Picture(name, title, WIDTH, HEIGHT, surface -> chart.draw(surface, area));
    }

    /** The smallest of 1, 2 and 5 times a power of ten that cuts the range into at most {@link #MAX_GRID_LINES} parts. */
    static double niceStep(double range) {
        double power = Math.pow(10, Math.floor(Math.log10(range / MAX_GRID_LINES)));
        for (double factor : new double[] {1, 2, 5}) {
            if (range / (factor * power) <= MAX_GRID_LINES) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static NumberAxis epochAxis(List<EpochResult> epochs) {
        NumberAxis axis = new NumberAxis("Epoch");
        Charts.styleAxis(axis);
        axis.setAxisLineVisible(true);
        axis.setAxisLinePaint(Style.AXIS);
        int first = epochs.isEmpty() ? 1 : epochs.getFirst().epoch();
        int last = epochs.isEmpty() ? 1 : epochs.getLast().epoch();
        double margin = Math.clamp(0.03 * (last - first), 0.25, 0.9);
        axis.setRange(first - margin, last + margin);
        int step = STEPS[0];
        for (int i = 0; i < STEPS.length && (last - first) / step >= MAX_TICKS; i++) {
            step = STEPS[i];
        }
        axis.setTickUnit(new NumberTickUnit(step, new DecimalFormat("0")));
        return axis;
    }

    private static XYLineAndShapeRenderer lines() {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true) {
            private static final long serialVersionUID = 1L;

            @Override
            public LegendItem getLegendItem(int dataset, int series) {
                LegendItem item = super.getLegendItem(dataset, series);
                item.setLine(new Line2D.Double(-14, 0, 14, 0));
                return item;
            }
        };
        Color[] colours = {Style.TRAINING, Style.VALIDATION};
        BasicStroke[] strokes = {
            new BasicStroke(3f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND),
            new BasicStroke(3f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {9, 5}, 0)
        };
        Shape dot = new Ellipse2D.Double(-DOT / 2, -DOT / 2, DOT, DOT);
        for (int i = 0; i < colours.length; i++) {
            renderer.setSeriesPaint(i, colours[i]);
            renderer.setSeriesStroke(i, strokes[i]);
            renderer.setSeriesShape(i, dot);
        }
        return renderer;
    }

    private static LegendTitle legend(XYPlot plot) {
        LegendTitle legend = new LegendTitle(plot);
        legend.setPosition(RectangleEdge.TOP);
        legend.setItemFont(Style.font(Font.PLAIN, Style.LABEL_SIZE));
        legend.setItemPaint(Style.INK);
        legend.setFrame(BlockBorder.NONE);
        legend.setBackgroundPaint(Style.PAPER);
        legend.setItemLabelPadding(new RectangleInsets(2, 6, 2, 18));
        legend.setPadding(new RectangleInsets(0, 0, 10, 0));
        return legend;
    }
}
