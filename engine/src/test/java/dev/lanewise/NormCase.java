package dev.lanewise;

import static dev.lanewise.testing.Close.EPS;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import java.util.Arrays;
import java.util.Random;

/** One normalisation: operands, and what forward and backward wrote. */
final class NormCase {
    static final float EPSILON = 1e-5f;

    final Block x;
    final Block gamma;
    final Block beta;
    final Block dY;
    final Block dXBefore;
    final Block dGammaBefore;
    final Block dBetaBefore;
    Block y;
    Block mean;
    Block rstd;
    Block dX;
    Block dGamma;
    Block dBeta;

    NormCase(Random random, Block x) {
        this.x = x;
        gamma = Block.vector(random, x.cols);
        beta = Block.vector(random, x.cols);
        y = Block.unset(random, x.rows, x.cols);
        mean = Block.unsetDense(random, 1, x.rows);
        rstd = Block.unsetDense(random, 1, x.rows);
        dY = Block.normal(random, x.rows, x.cols);
        dXBefore = Block.normal(random, x.rows, x.cols);
        dGammaBefore = Block.vector(random, x.cols);
        dBetaBefore = Block.vector(random, x.cols);
    }

    /** Forward, and all gradients, that of x added. */
    NormCase run(Engine engine) {
        prepare();
        forward(engine);
        gradients(engine, true, dX);
        assertGuarded();
        return this;
    }

    void forward(Engine engine) {
        engine.norm().layerNorm(
                x.rows, x.cols, EPSILON, x.data, x.offset, x.ld, gamma.data, gamma.offset, beta.data, beta.offset,
                y.data, y.offset, y.ld, mean.data, mean.offset, rstd.data, rstd.offset);
    }

    void gradients(Engine engine, boolean add, Block to) {
        engine.norm().layerNormGradients(
                x.rows, x.cols, dY.data, dY.offset, dY.ld, x.data, x.offset, x.ld, gamma.data, gamma.offset,
                mean.data, mean.offset, rstd.data, rstd.offset, add, to.data, to.offset, to.ld, dGamma.data,
                dGamma.offset, dBeta.data, dBeta.offset);
    }

    /** Outputs as they were before any run. */
    void prepare() {
        y = y.copy();
        mean = mean.copy();
        rstd = rstd.copy();
        dX = dXBefore.copy();
        dGamma = dGammaBefore.copy();
        dBeta = dBetaBefore.copy();
    }

    private void assertGuarded() {
        x.assertUnchanged("x");
        gamma.assertUnchanged("gamma");
        beta.assertUnchanged("beta");
        dY.assertUnchanged("dY");
        y.assertGuarded("y");
        mean.assertGuarded("mean");
        rstd.assertGuarded("rstd");
        dX.assertGuarded("dX");
        dGamma.assertGuarded("dGamma");
        dBeta.assertGuarded("dBeta");
    }

    /** Everything against sums in double. */
    void check() {
        double[][] h = new double[x.rows][x.cols];
        double[] blur = new double[x.rows];
        for (int r = 0; r < x.rows; r++) {
            double[] row = x.row(r);
            double m = Arrays.stream(row).average().orElse(0);
            double largest = Arrays.stream(row).map(Math::abs).max().orElse(0);
            double variance = Arrays.stream(row).map(v -> (v - m) * (v - m)).average().orElse(0);
            double s = 1 / Math.sqrt(variance + EPSILON);
            Close.assertWithin(m, mean.get(0, r), 8 * EPS * largest + Float.MIN_VALUE, "mean of " + this);
            // The mean is kept in float: its rounding moves all deviations of the row.
            blur[r] = EPS * (1 + largest * s);
            Close.assertWithin(s, rstd.get(0, r), 16 * s * blur[r], "rstd of " + this);
            for (int c = 0; c < x.cols; c++) {
                h[r][c] = (row[c] - m) * s;
                double expected = h[r][c] * gamma.get(0, c) + beta.get(0, c);
                double bound = 16 * Math.abs(gamma.get(0, c)) * blur[r] * (1 + Math.abs(h[r][c]))
                        + 2 * EPS * Math.abs(beta.get(0, c));
                Close.assertWithin(expected, y.get(r, c), bound, "y of " + this + " at (" + r + ", " + c + ")");
            }
            checkInputGradient(r, h[r], s, blur[r]);
        }
        checkParameterGradients(h, blur);
    }

    private void checkInputGradient(int r, double[] h, double s, double blur) {
        double sumG = 0;
        double sumGh = 0;
        double size = 0;
        for (int c = 0; c < x.cols; c++) {
            double g = (double) dY.get(r, c) * gamma.get(0, c);
            sumG += g / x.cols;
            sumGh += g * h[c] / x.cols;
            size += Math.abs(g) * (1 + Math.abs(h[c])) / x.cols;
        }
        for (int c = 0; c < x.cols; c++) {
            double g = (double) dY.get(r, c) * gamma.get(0, c);
            double before = dXBefore.get(r, c);
            double expected = before + s * (g - sumG - h[c] * sumGh);
            double bound = 32 * s * blur * (Math.abs(g) + size * (1 + Math.abs(h[c]))) + 2 * EPS * Math.abs(before);
            Close.assertWithin(expected, dX.get(r, c), bound, "dX of " + this + " at (" + r + ", " + c + ")");
        }
    }

    private void checkParameterGradients(double[][] h, double[] blur) {
        for (int c = 0; c < x.cols; c++) {
            double sumGamma = dGammaBefore.get(0, c);
            double sumBeta = dBetaBefore.get(0, c);
            double sizeGamma = EPS * Math.abs(sumGamma);
            double sizeBeta = Math.abs(sumBeta);
            for (int r = 0; r < x.rows; r++) {
                sumGamma += dY.get(r, c) * h[r][c];
                sumBeta += dY.get(r, c);
                sizeGamma += Math.abs(dY.get(r, c)) * (1 + Math.abs(h[r][c])) * blur[r];
                sizeBeta += Math.abs(dY.get(r, c));
            }
            Close.assertWithin(sumGamma, dGamma.get(0, c), 16 * sizeGamma, "dGamma of " + this + " at " + c);
            Close.assertWithin(sumBeta, dBeta.get(0, c), 16 * EPS * sizeBeta, "dBeta of " + this + " at " + c);
        }
    }

    Block[] results() {
        return new Block[] {y, mean, rstd, dX, dGamma, dBeta};
    }

    @Override
    public String toString() {
        return "[" + x.rows + " x " + x.cols + "]";
    }
}
