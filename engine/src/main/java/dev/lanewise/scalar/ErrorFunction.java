package dev.lanewise.scalar;

/**
 * The complementary error function, {@code erfc(x) = 2 / sqrt(pi) * integral from x of exp(-t * t)}.
 *
 * <p>For x not negative, {@code (1 + 2 * x) * exp(x * x) * erfc(x)} stays within 1..1.26 and is smooth in
 * {@code t = (x - 3) / (x + 3)}, which maps all x to -1..1. The polynomial is its Chebyshev series of 18 terms, computed
 * with 40 digits and rearranged in powers of t. Relative error below 5e-13 for -6..14. Source of the mapping: Shepherd,
 * Laframboise, Chebyshev Approximation of (1 + 2x) exp(x^2) erfc x, Mathematics of Computation 36, 1981.
 */
final class ErrorFunction {
    /** Here {@code exp(-x * x)} is below the smallest double. */
    private static final double UNDERFLOW = 28;

    private static final double[] POLYNOMIAL = {
        1.2530080582695005, -0.13562110612097714, -0.04756229431542297, 0.1296451584843267, -0.11927366445991572,
        0.06830803123731662, -0.02377050377352444, 0.002529360157979918, 0.0018886300023622702, -0.0007796920717824697,
        -0.00010497229530811982, 0.0001247314555857568, 4.5947987193833855e-06, -1.9508279846326352e-05,
        -3.1303472599340334e-07, 2.889004737403984e-06, 4.8356261121997964e-08, -2.8031975846031596e-07,
    };

    private ErrorFunction() {}

    /** The complementary error function; 2 and 0 at the infinities, NaN for NaN. */
    static double erfc(double x) {
        double size = Math.abs(x);
        if (size > UNDERFLOW) {
            return x > 0 ? 0 : 2;
        }
        double t = (size - 3) / (size + 3);
        double sum = 0;
        for (int i = POLYNOMIAL.length - 1; i >= 0; i--) {
            sum = sum * t + POLYNOMIAL[i];
        }
        double right = StrictMath.exp(-size * size) * sum / (1 + 2 * size);
        return x < 0 ? 2 - right : right;
    }
}
