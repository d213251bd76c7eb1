package dev.lanewise.testing;

/** The normal distribution in double, which GELU is made of. */
public final class NormalDistribution {
    private NormalDistribution() {}

    /** {@code erfc(x)} by its series or its continued fraction: slow, and nothing like the kernels' polynomials. */
    public static double erfc(double x) {
        if (x < 0) {
            return 2 - erfc(-x);
        }
        if (x < 2.5) {
            double term = x;
            double sum = x;
            for (int i = 1; i < 120; i++) {
                term *= -x * x / i;
                sum += term / (2 * i + 1);
            }
            return 1 - 2 / Math.sqrt(Math.PI) * sum;
        }
        double fraction = x;
        for (int i = 300; i > 0; i--) {
            fraction = x + i / 2.0 / fraction;
        }
        return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
    }

    /** {@code (1 + erf(x / sqrt(2))) / 2}. */
    public static double phi(double x) {
        return erfc(-x / Math.sqrt(2)) / 2;
    }

    /** The slope of {@link #phi}. */
    public static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
