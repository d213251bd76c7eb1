package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionSoftmax.C1;
import static dev.lanewise.vector.AttentionSoftmax.C2;
import static dev.lanewise.vector.AttentionSoftmax.C3;
import static dev.lanewise.vector.AttentionSoftmax.C4;
import static dev.lanewise.vector.AttentionSoftmax.C5;
import static dev.lanewise.vector.AttentionSoftmax.C6;
import static dev.lanewise.vector.AttentionSoftmax.HALF;
import static dev.lanewise.vector.AttentionSoftmax.ROUNDER;
import static dev.lanewise.vector.AttentionSoftmax.ZERO;
import static dev.lanewise.vector.AttentionTile.STRIP;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** What the backward pass of attention does by element: weights again, and the gradient of the scores. */
final class AttentionGradient {
    private AttentionGradient() {}

    /**
     * {@code P = 2^(score - base)} and {@code dS = P * (dP - D)} for rows of a strip, a row a query. Two rows at a time, so
     * that there are four multiply-adds to start while each is waited for; an odd row takes the next one with it, whatever
     * that holds.
     *
     * @param rows number of rows
     * @param w holds everything
     * @param scores index of the first row of scores; become P
     * @param gradients index of the first row of dP; become dS
     * @param bases index of a number for each row; positive infinity gives weights of 0
     * @param rests index of what the bases lack: they are rounded, and so close to the scores that it is a part of the
     *     result
     * @param dots index of D, one for each row
     */
    static void weightsAndGradients(
            int rows, float[] w, int scores, int gradients, int bases, int rests, int dots) {
        FloatVector rounder = FloatVector.broadcast(SPECIES, ROUNDER);
        FloatVector c0 = FloatVector.broadcast(SPECIES, HALF);
        FloatVector c1 = FloatVector.broadcast(SPECIES, HALF * C1);
        FloatVector c2 = FloatVector.broadcast(SPECIES, HALF * C2);
        FloatVector c3 = FloatVector.broadcast(SPECIES, HALF * C3);
        FloatVector c4 = FloatVector.broadcast(SPECIES, HALF * C4);
        FloatVector c5 = FloatVector.broadcast(SPECIES, HALF * C5);
        FloatVector c6 = FloatVector.broadcast(SPECIES, HALF * C6);
        int p = scores;
        int g = gradients;
        for (int i = 0; i < rows; i += 2) {
            FloatVector base0 = FloatVector.broadcast(SPECIES, w[bases + i]);
            FloatVector base1 = FloatVector.broadcast(SPECIES, w[bases + i + 1]);
            FloatVector rest0 = FloatVector.broadcast(SPECIES, w[rests + i]);
            FloatVector rest1 = FloatVector.broadcast(SPECIES, w[rests + i + 1]);
            FloatVector dot0 = FloatVector.broadcast(SPECIES, w[dots + i]);
            FloatVector dot1 = FloatVector.broadcast(SPECIES, w[dots + i + 1]);
            FloatVector x0 = FloatVector.fromArray(SPECIES, w, p).sub(base0).sub(rest0);
            FloatVector x1 = FloatVector.fromArray(SPECIES, w, p + LANES).sub(base0).sub(rest0);
            FloatVector x2 = FloatVector.fromArray(SPECIES, w, p + STRIP).sub(base1).sub(rest1);
            FloatVector x3 = FloatVector.fromArray(SPECIES, w, p + STRIP + LANES).sub(base1).sub(rest1);
            FloatVector n0 = x0.add(rounder);
            FloatVector n1 = x1.add(rounder);
            FloatVector n2 = x2.add(rounder);
            FloatVector n3 = x3.add(rounder);
            FloatVector r0 = x0.sub(n0.sub(rounder));
            FloatVector r1 = x1.sub(n1.sub(rounder));
            FloatVector r2 = x2.sub(n2.sub(rounder));
            FloatVector r3 = x3.sub(n3.sub(rounder));
            FloatVector p0 = r0.fma(c6, c5).fma(r0, c4).fma(r0, c3).fma(r0, c2).fma(r0, c1).fma(r0, c0);
            FloatVector p1 = r1.fma(c6, c5).fma(r1, c4).fma(r1, c3).fma(r1, c2).fma(r1, c1).fma(r1, c0);
            FloatVector p2 = r2.fma(c6, c5).fma(r2, c4).fma(r2, c3).fma(r2, c2).fma(r2, c1).fma(r2, c0);
            FloatVector p3 = r3.fma(c6, c5).fma(r3, c4).fma(r3, c3).fma(r3, c2).fma(r3, c1).fma(r3, c0);
            p0 = p0.mul(n0.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p0 = p0.blend(0f, x0.compare(VectorOperators.LE, ZERO));
            p0.intoArray(w, p);
            FloatVector.fromArray(SPECIES, w, g).sub(dot0).mul(p0).intoArray(w, g);
            p1 = p1.mul(n1.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p1 = p1.blend(0f, x1.compare(VectorOperators.LE, ZERO));
            p1.intoArray(w, p + LANES);
            FloatVector.fromArray(SPECIES, w, g + LANES).sub(dot0).mul(p1).intoArray(w, g + LANES);
            p2 = p2.mul(n2.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p2 = p2.blend(0f, x2.compare(VectorOperators.LE, ZERO));
            p2.intoArray(w, p + STRIP);
            FloatVector.fromArray(SPECIES, w, g + STRIP).sub(dot1).mul(p2).intoArray(w, g + STRIP);
            p3 = p3.mul(n3.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p3 = p3.blend(0f, x3.compare(VectorOperators.LE, ZERO));
            p3.intoArray(w, p + STRIP + LANES);
            FloatVector.fromArray(SPECIES, w, g + STRIP + LANES).sub(dot1).mul(p3).intoArray(w, g + STRIP + LANES);
            p += 2 * STRIP;
            g += 2 * STRIP;
        }
    }
}
