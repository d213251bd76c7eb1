package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionSoftmax.C1;
import static dev.lanewise.vector.AttentionSoftmax.C2;
import static dev.lanewise.vector.AttentionSoftmax.C3;
import static dev.lanewise.vector.AttentionSoftmax.C4;
import static dev.lanewise.vector.AttentionSoftmax.C5;
import static dev.lanewise.vector.AttentionSoftmax.C6;
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
     * {@code P = 2^(score - base)} and {@code dS = P * (dP - D)} for rows of a strip, a row a query.
     *
     * @param rows number of rows
     * @param w holds the strips
     * @param scores index of the first row of scores; become P
     * @param gradients index of the first row of dP; become dS
     * @param bases one for each row; positive infinity gives weights of 0
     * @param rests what the bases lack: they are rounded, and so close to the scores that it is a part of the result
     * @param dots D, one for each row
     * @param first index of the first row in the last three
     */
    static void weightsAndGradients(
            int rows, float[] w, int scores, int gradients, float[] bases, float[] rests, float[] dots,
            int first) {
        FloatVector rounder = FloatVector.broadcast(SPECIES, ROUNDER);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector c1 = FloatVector.broadcast(SPECIES, C1);
        FloatVector c2 = FloatVector.broadcast(SPECIES, C2);
        FloatVector c3 = FloatVector.broadcast(SPECIES, C3);
        FloatVector c4 = FloatVector.broadcast(SPECIES, C4);
        FloatVector c5 = FloatVector.broadcast(SPECIES, C5);
        FloatVector c6 = FloatVector.broadcast(SPECIES, C6);
        int p = scores;
        int g = gradients;
        for (int i = 0; i < rows; i++) {
            FloatVector base = FloatVector.broadcast(SPECIES, bases[first + i]);
            FloatVector dot = FloatVector.broadcast(SPECIES, dots[first + i]);
            FloatVector rest = FloatVector.broadcast(SPECIES, rests[first + i]);
            FloatVector x0 = FloatVector.fromArray(SPECIES, w, p).sub(base).sub(rest);
            FloatVector x1 = FloatVector.fromArray(SPECIES, w, p + LANES).sub(base).sub(rest);
            FloatVector n0 = x0.add(rounder);
            FloatVector n1 = x1.add(rounder);
            FloatVector r0 = x0.sub(n0.sub(rounder));
            FloatVector r1 = x1.sub(n1.sub(rounder));
            FloatVector p0 = r0.fma(c6, c5).fma(r0, c4).fma(r0, c3).fma(r0, c2).fma(r0, c1).fma(r0, one);
            FloatVector p1 = r1.fma(c6, c5).fma(r1, c4).fma(r1, c3).fma(r1, c2).fma(r1, c1).fma(r1, one);
            p0 = p0.mul(n0.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p1 = p1.mul(n1.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p0 = p0.blend(0f, x0.compare(VectorOperators.LE, ZERO));
            p1 = p1.blend(0f, x1.compare(VectorOperators.LE, ZERO));
            FloatVector g0 = FloatVector.fromArray(SPECIES, w, g).sub(dot).mul(p0);
            FloatVector g1 = FloatVector.fromArray(SPECIES, w, g + LANES).sub(dot).mul(p1);
            p0.intoArray(w, p);
            p1.intoArray(w, p + LANES);
            g0.intoArray(w, g);
            g1.intoArray(w, g + LANES);
            p += STRIP;
            g += STRIP;
        }
    }
}
