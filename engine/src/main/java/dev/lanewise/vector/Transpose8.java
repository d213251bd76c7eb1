package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Transposes blocks of 8 x 8 floats in 256-bit registers, as {@link Transpose16} does those of 16 x 16. */
final class Transpose8 {
    /** Rows and columns of a block. */
    static final int SIZE = 8;

    private static final VectorShuffle<Float> SWAP_4 = Lanes.swap(4);
    private static final VectorShuffle<Float> SWAP_2 = Lanes.swap(2);
    private static final VectorShuffle<Float> SWAP_1 = Lanes.swap(1);
    private static final VectorMask<Float> UPPER_4 = Lanes.withBit(4);
    private static final VectorMask<Float> UPPER_2 = Lanes.withBit(2);
    private static final VectorMask<Float> UPPER_1 = Lanes.withBit(1);

    private Transpose8() {}

    /**
     * {@code target[to + c * targetStride + r] = source[from + r * sourceStride + c]} for r, c in 0..7. All 8 floats of each
     * target row are written, in ascending order of c, so rows may overlap the rows after them.
     */
    static void transpose(float[] source, int from, int sourceStride, float[] target, int to, int targetStride) {
        int row = from;
        FloatVector r0 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r1 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r2 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r3 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r4 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r5 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r6 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r7 = FloatVector.fromArray(SPECIES, source, row);
        FloatVector s0 = r0.blend(r4.rearrange(SWAP_4), UPPER_4);
        FloatVector s4 = r0.rearrange(SWAP_4).blend(r4, UPPER_4);
        FloatVector s1 = r1.blend(r5.rearrange(SWAP_4), UPPER_4);
        FloatVector s5 = r1.rearrange(SWAP_4).blend(r5, UPPER_4);
        FloatVector s2 = r2.blend(r6.rearrange(SWAP_4), UPPER_4);
        FloatVector s6 = r2.rearrange(SWAP_4).blend(r6, UPPER_4);
        FloatVector s3 = r3.blend(r7.rearrange(SWAP_4), UPPER_4);
        FloatVector s7 = r3.rearrange(SWAP_4).blend(r7, UPPER_4);
        FloatVector t0 = s0.blend(s2.rearrange(SWAP_2), UPPER_2);
        FloatVector t2 = s0.rearrange(SWAP_2).blend(s2, UPPER_2);
        FloatVector t1 = s1.blend(s3.rearrange(SWAP_2), UPPER_2);
        FloatVector t3 = s1.rearrange(SWAP_2).blend(s3, UPPER_2);
        FloatVector t4 = s4.blend(s6.rearrange(SWAP_2), UPPER_2);
        FloatVector t6 = s4.rearrange(SWAP_2).blend(s6, UPPER_2);
        FloatVector t5 = s5.blend(s7.rearrange(SWAP_2), UPPER_2);
        FloatVector t7 = s5.rearrange(SWAP_2).blend(s7, UPPER_2);
        FloatVector u0 = t0.blend(t1.rearrange(SWAP_1), UPPER_1);
        FloatVector u1 = t0.rearrange(SWAP_1).blend(t1, UPPER_1);
        FloatVector u2 = t2.blend(t3.rearrange(SWAP_1), UPPER_1);
        FloatVector u3 = t2.rearrange(SWAP_1).blend(t3, UPPER_1);
        FloatVector u4 = t4.blend(t5.rearrange(SWAP_1), UPPER_1);
        FloatVector u5 = t4.rearrange(SWAP_1).blend(t5, UPPER_1);
        FloatVector u6 = t6.blend(t7.rearrange(SWAP_1), UPPER_1);
        FloatVector u7 = t6.rearrange(SWAP_1).blend(t7, UPPER_1);
        int column = to;
        u0.intoArray(target, column);
        column += targetStride;
        u1.intoArray(target, column);
        column += targetStride;
        u2.intoArray(target, column);
        column += targetStride;
        u3.intoArray(target, column);
        column += targetStride;
        u4.intoArray(target, column);
        column += targetStride;
        u5.intoArray(target, column);
        column += targetStride;
        u6.intoArray(target, column);
        column += targetStride;
        u7.intoArray(target, column);
    }
}
