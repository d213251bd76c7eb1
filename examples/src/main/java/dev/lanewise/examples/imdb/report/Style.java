package dev.lanewise.examples.imdb.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;

/** One look for all pictures. */
final class Style {

    static final Color PAPER = Color.WHITE;
    static final Color INK = new Color(0x22, 0x26, 0x2e);
    static final Color FAINT_INK = new Color(0x5b, 0x62, 0x70);
    static final Color GRID = new Color(0xe3, 0xe6, 0xec);
    static final Color AXIS = new Color(0xb4, 0xba, 0xc6);
    static final Color TRAINING = new Color(0xd6, 0x00, 0xa8);
    static final Color VALIDATION = new Color(0x1f, 0x6f, 0xb5);

    static final float TITLE_SIZE = 20;
    static final float LABEL_SIZE = 14;
    static final float TICK_SIZE = 13;

    static final BasicStroke THIN = new BasicStroke(0.8f);

    private Style() {}

    static Font font(int style, float size) {
        return new Font(Font.SANS_SERIF, style, Math.round(size)).deriveFont(size);
    }

    /**
     * A colour of the rainbow from red over green to violet. Equal steps look equal and equally bright, as they do not
     * along the hue of HSB: the hue runs through the OKLCH space at one lightness and one chroma.
     *
     * @param position from 0, red, to 1, violet
     * @see <a href="https://bottosson.github.io/posts/oklab/">Ottosson, A perceptual color space for image processing</a>
     */
    static Color rainbow(double position) {
        double hue = Math.toRadians(20 + 300 * position);
        double chroma = 0.17;
        Color colour = null;
        while (colour == null) {
            colour = oklab(0.70, chroma * Math.cos(hue), chroma * Math.sin(hue));
            chroma -= 0.005;
        }
        return colour;
    }

    /** Converts to sRGB; null where sRGB has no such colour. */
    private static Color oklab(double lightness, double a, double b) {
        double l = Math.pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
        double m = Math.pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
        double s = Math.pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
        double red = gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
        double green = gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
        double blue = gamma(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
        boolean inside = Math.min(red, Math.min(green, blue)) >= 0 && Math.max(red, Math.max(green, blue)) <= 1;
        return inside ? new Color((float) red, (float) green, (float) blue) : null;
    }

    private static double gamma(double linear) {
        return linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
    }

    /** Mixes two colours: 0 gives the first, 1 the second. */
    static Color blend(Color from, Color to, double share) {
        return new Color(
                (int) Math.round(from.getRed() + share * (to.getRed() - from.getRed())),
                (int) Math.round(from.getGreen() + share * (to.getGreen() - from.getGreen())),
                (int) Math.round(from.getBlue() + share * (to.getBlue() - from.getBlue())));
    }
}
