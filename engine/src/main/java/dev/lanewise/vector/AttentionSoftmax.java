package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionTile.STRIP;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Softmax over the rows of a strip of scores, each lane for itself, in powers of two: scores come multiplied by log2(e), and
 * {@code 2^x = 2^n 2^r} with n the nearest integer is the exponential without its reduction by parts of ln 2.
 *
 * <p>Weights are relative to a reference of each lane. Softmax is the same for any, so where no score can be large, it is 0,
 * and nothing looks for a maximum. Elsewhere it is the running maximum of the online softmax (Milakov, Gimelshein, 2018,
 * 1805.02867). Which of the two it is depends on the lane's query and the keys it sees alone, so a query has the same bits
 * whichever it shares a strip with.
 *
 * <p>The methods are large and repeat the exponential: as a call that is not inlined it would make an object of each vector.
 */
final class AttentionSoftmax {
    /** log2(e), and its inverse in two parts, the first of which is exact when multiplied by an integer below 2^14. */
    static final double LOG2_E = 1.4426950408889634;

    private static final float LN2_HIGH = VectorMath.LN2_HIGH;
    private static final float LN2_LOW = VectorMath.LN2_LOW;

    /** Scores of a lane that is relative to 0 are at most this, so that nothing can underflow or overflow. */
    static final float SMALL = 32f;

    // Adding 1.5 * 2^23 leaves the nearest integer n in the low bits of the sum. Shifted left by 23 they are a step of the
    // exponent of n, which may be added to the bits of a number that is neither NaN nor far from 1.
    static final float INTEGER = 0x1.8p23f;

    // Where that may not be, 128 more make those bits the float 2^(n + 1), and 2^r / 2 times that is the same to the bit: the
    // halves of the coefficients are exact, and 127, the bias of the exponent, is odd and would round ties the other way.
    static final float ROUNDER = INTEGER + 128;

    /** From here down, 2^x is below the normal floats: zero. */
    static final float ZERO = -126f;

    // Minimax for 2^r on +-1/2 with the first coefficient 1 and the others rounded to float one after the other; relative
    // error 3.0e-9, a twentieth of half an ulp.
    static final float C1 = 0x1.62e43p-1f;
    static final float C2 = 0x1.ebfbdcp-3f;
    static final float C3 = 0x1.c6af7ap-5f;
    static final float C4 = 0x1.3b2dd2p-7f;
    static final float C5 = 0x1.5f0948p-10f;
    static final float C6 = 0x1.417a9cp-13f;

    static final float HALF = 0.5f;

    // log(1 + t) = t - t^2 / 2 + t^3 P(t) for 1 + t within sqrt(1/2)..sqrt(2); Moshier, Cephes, logf.
    private static final int SQRT_HALF_BITS = 0x3f3504f3;
    private static final float[] LOG = {
        7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
        2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f
    };

    private AttentionSoftmax() {}

    /**
     * {@code w = 2^w} for the rows of a strip whose lanes are all relative to 0, and the sums by lane.
     *
     * @param rows number of rows
     * @param w holds the strip
     * @param at index of the first row
     * @param sums sums by lane; added to
     * @param sumsAt index of the strip's first lane
     */
    static void small(int rows, float[] w, int at, float[] sums, int sumsAt) {
        FloatVector rounder = FloatVector.broadcast(SPECIES, INTEGER);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector c1 = FloatVector.broadcast(SPECIES, C1);
        FloatVector c2 = FloatVector.broadcast(SPECIES, C2);
        FloatVector c3 = FloatVector.broadcast(SPECIES, C3);
        FloatVector c4 = FloatVector.broadcast(SPECIES, C4);
        FloatVector c5 = FloatVector.broadcast(SPECIES, C5);
        FloatVector c6 = FloatVector.broadcast(SPECIES, C6);
        FloatVector sum0 = FloatVector.fromArray(SPECIES, sums, sumsAt);
        FloatVector sum1 = FloatVector.fromArray(SPECIES, sums, sumsAt + LANES);
        for (int j = 0, i = at; j < rows; j++, i += STRIP) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, w, i);
            FloatVector x1 = FloatVector.fromArray(SPECIES, w, i + LANES);
            FloatVector n0 = x0.add(rounder);
            FloatVector n1 = x1.add(rounder);
            FloatVector r0 = x0.sub(n0.sub(rounder));
            FloatVector r1 = x1.sub(n1.sub(rounder));
            FloatVector p0 = r0.fma(c6, c5).fma(r0, c4).fma(r0, c3).fma(r0, c2).fma(r0, c1).fma(r0, one);
            FloatVector p1 = r1.fma(c6, c5).fma(r1, c4).fma(r1, c3).fma(r1, c2).fma(r1, c1).fma(r1, one);
            p0 = p0.reinterpretAsInts().add(n0.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            p1 = p1.reinterpretAsInts().add(n1.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            sum0 = sum0.add(p0);
            sum1 = sum1.add(p1);
            p0.intoArray(w, i);
            p1.intoArray(w, i + LANES);
        }
        sum0.intoArray(sums, sumsAt);
        sum1.intoArray(sums, sumsAt + LANES);
    }

    /**
     * {@code w = 2^(w - reference)} for the rows of a strip, and the sums by lane. Scores of negative infinity become 0; so
     * do all of a lane whose reference is negative infinity, which has seen no key yet.
     *
     * @param references one for each lane; otherwise as {@link #small}
     */
    static void relative(int rows, float[] w, int at, float[] references, float[] sums, int sumsAt) {
        FloatVector rounder = FloatVector.broadcast(SPECIES, ROUNDER);
        FloatVector c0 = FloatVector.broadcast(SPECIES, HALF);
        FloatVector c1 = FloatVector.broadcast(SPECIES, HALF * C1);
        FloatVector c2 = FloatVector.broadcast(SPECIES, HALF * C2);
        FloatVector c3 = FloatVector.broadcast(SPECIES, HALF * C3);
        FloatVector c4 = FloatVector.broadcast(SPECIES, HALF * C4);
        FloatVector c5 = FloatVector.broadcast(SPECIES, HALF * C5);
        FloatVector c6 = FloatVector.broadcast(SPECIES, HALF * C6);
        FloatVector base0 = FloatVector.fromArray(SPECIES, references, sumsAt);
        FloatVector base1 = FloatVector.fromArray(SPECIES, references, sumsAt + LANES);
        base0 = base0.blend(0f, base0.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
        base1 = base1.blend(0f, base1.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
        FloatVector sum0 = FloatVector.fromArray(SPECIES, sums, sumsAt);
        FloatVector sum1 = FloatVector.fromArray(SPECIES, sums, sumsAt + LANES);
        for (int j = 0, i = at; j < rows; j++, i += STRIP) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, w, i).sub(base0);
            FloatVector x1 = FloatVector.fromArray(SPECIES, w, i + LANES).sub(base1);
            FloatVector n0 = x0.add(rounder);
            FloatVector n1 = x1.add(rounder);
            FloatVector r0 = x0.sub(n0.sub(rounder));
            FloatVector r1 = x1.sub(n1.sub(rounder));
            FloatVector p0 = r0.fma(c6, c5).fma(r0, c4).fma(r0, c3).fma(r0, c2).fma(r0, c1).fma(r0, c0);
            FloatVector p1 = r1.fma(c6, c5).fma(r1, c4).fma(r1, c3).fma(r1, c2).fma(r1, c1).fma(r1, c0);
            p0 = p0.mul(n0.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p1 = p1.mul(n1.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p0 = p0.blend(0f, x0.compare(VectorOperators.LE, ZERO));
            p1 = p1.blend(0f, x1.compare(VectorOperators.LE, ZERO));
            sum0 = sum0.add(p0);
            sum1 = sum1.add(p1);
            p0.intoArray(w, i);
            p1.intoArray(w, i + LANES);
        }
        sum0.intoArray(sums, sumsAt);
        sum1.intoArray(sums, sumsAt + LANES);
    }

    /**
     * Raises the references of a strip to the maximum of some more rows, and keeps {@code 2^(old - new)}, by which what was
     * relative to the old one is rescaled; 0 if there was nothing yet. Lanes that are relative to 0 stay so. NaN is passed over: it comes out of
     * {@link #relative}.
     *
     * @param rows number of rows
     * @param w holds the strip
     * @param at index of the first row
     * @param references one for each lane; modified
     * @param fixed 0 for lanes that are relative to 0, anything else for the others
     * @param rescale overwritten
     * @param first index of the strip's first lane in the last three
     */
    static void raise(
            int rows, float[] w, int at, float[] references, float[] fixed, float[] rescale, int first) {
        for (int lane = 0; lane < STRIP; lane += LANES) {
            FloatVector old = FloatVector.fromArray(SPECIES, references, first + lane);
            FloatVector max0 = old;
            FloatVector max1 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
            int i = at + lane;
            int j = 0;
            for (; j + 2 <= rows; j += 2, i += 2 * STRIP) {
                FloatVector s0 = FloatVector.fromArray(SPECIES, w, i);
                FloatVector s1 = FloatVector.fromArray(SPECIES, w, i + STRIP);
                max0 = max0.blend(s0, s0.compare(VectorOperators.GT, max0));
                max1 = max1.blend(s1, s1.compare(VectorOperators.GT, max1));
            }
            if (j < rows) {
                FloatVector s0 = FloatVector.fromArray(SPECIES, w, i);
                max0 = max0.blend(s0, s0.compare(VectorOperators.GT, max0));
            }
            max0 = max0.blend(max1, max1.compare(VectorOperators.GT, max0));
            FloatVector next = max0.blend(
                    0f, FloatVector.fromArray(SPECIES, fixed, first + lane).compare(VectorOperators.EQ, 0f));
            FloatVector change = old.sub(next);
            FloatVector n = change.add(ROUNDER);
            FloatVector r = change.sub(n.sub(ROUNDER));
            FloatVector p = FloatVector.broadcast(SPECIES, HALF * C6);
            p = p.fma(r, FloatVector.broadcast(SPECIES, HALF * C5)).fma(r, FloatVector.broadcast(SPECIES, HALF * C4));
            p = p.fma(r, FloatVector.broadcast(SPECIES, HALF * C3)).fma(r, FloatVector.broadcast(SPECIES, HALF * C2));
            p = p.fma(r, FloatVector.broadcast(SPECIES, HALF * C1)).fma(r, FloatVector.broadcast(SPECIES, HALF));
            p = p.mul(n.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            FloatVector.zero(SPECIES).blend(p, change.compare(VectorOperators.GT, ZERO))
                    .intoArray(rescale, first + lane);
            next.intoArray(references, first + lane);
        }
    }

    /** {@code sums = sums * rescale + more} for the lanes of a strip, and clears {@code more}. */
    static void addUp(float[] sums, float[] rescale, float[] more, int first) {
        for (int i = first; i < first + STRIP; i += LANES) {
            FloatVector.fromArray(SPECIES, sums, i)
                    .fma(FloatVector.fromArray(SPECIES, rescale, i), FloatVector.fromArray(SPECIES, more, i))
                    .intoArray(sums, i);
            FloatVector.zero(SPECIES).intoArray(more, i);
        }
    }

    /**
     * {@code logSumExp = reference ln 2 + log(sum)} for the lanes of a strip, at most about an ulp off; negative infinity
     * where the sum is 0, and NaN where it is NaN.
     *
     * @param target overwritten; may be {@code references}
     */
    static void logSumExp(float[] sums, float[] references, float[] target, int first) {
        for (int i = first; i < first + STRIP; i += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, i);
            IntVector exponent = sum.reinterpretAsInts().sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
            FloatVector t = sum.reinterpretAsInts().sub(exponent.lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats().sub(1f);
            FloatVector integer = exponent.add(Float.floatToRawIntBits(INTEGER)).reinterpretAsFloats().sub(INTEGER)
                    .add(FloatVector.fromArray(SPECIES, references, i));
            FloatVector square = t.mul(t);
            FloatVector p = FloatVector.broadcast(SPECIES, LOG[0]);
            for (int k = 1; k < LOG.length; k++) {
                p = p.fma(t, FloatVector.broadcast(SPECIES, LOG[k]));
            }
            FloatVector low = p.mul(t).mul(square);
            low = square.fma(FloatVector.broadcast(SPECIES, -0.5f), low);
            low = integer.fma(FloatVector.broadcast(SPECIES, LN2_LOW), low);
            FloatVector log = integer.fma(FloatVector.broadcast(SPECIES, LN2_HIGH), t.add(low));
            VectorMask<Float> ordinary = sum.compare(VectorOperators.LT, Float.POSITIVE_INFINITY);
            sum.blend(log, ordinary)
                    .blend(Float.NEGATIVE_INFINITY, sum.compare(VectorOperators.EQ, 0f))
                    .intoArray(target, i);
        }
    }

    /**
     * Which lanes of a strip are relative to 0: those whose scores are at most {@link #SMALL}, as the lengths of the query
     * and the longest key tell (Cauchy, Schwarz). Their references become 0, the others' negative infinity.
     *
     * @param squares squared lengths of the queries; become 0 where the lane is relative to 0, 1 elsewhere
     * @param longest squared length of each lane's longest key; NaN or infinity leave the lane relative to its maximum
     * @param references overwritten
     * @param first index of the strip's first lane
     * @return whether all lanes are
     */
    static boolean fix(float[] squares, float[] longest, float[] references, int first) {
        boolean all = true;
        for (int i = first; i < first + STRIP; i++) {
            boolean small = squares[i] * longest[i] <= SMALL * SMALL;
            all &= small;
            squares[i] = small ? 0f : 1f;
            references[i] = small ? 0f : Float.NEGATIVE_INFINITY;
        }
        return all;
    }
}
