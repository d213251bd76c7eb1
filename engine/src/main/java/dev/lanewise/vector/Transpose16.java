package dev.lanewise.vector;

import static dev.lanewise.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Transposes blocks of 16 x 16 floats in 512-bit registers: Eklundh's scheme, four rounds in which rows that are 8, 4, 2 and
 * 1 apart exchange the halves, quarters, eighths and single elements that lie on the wrong side of the diagonal. Two
 * permutations and two blends for each pair of rows and round are half a cycle an element; plain loops take two.
 *
 * <p>Written out, one local a row, for the reason given in {@code TileGenerator}.
 */
final class Transpose16 {
    /** Rows and columns of a block. */
    static final int SIZE = 16;

    private static final VectorShuffle<Float> SWAP_8 = Lanes.swap(8);
    private static final VectorShuffle<Float> SWAP_4 = Lanes.swap(4);
    private static final VectorShuffle<Float> SWAP_2 = Lanes.swap(2);
    private static final VectorShuffle<Float> SWAP_1 = Lanes.swap(1);
    private static final VectorMask<Float> UPPER_8 = Lanes.withBit(8);
    private static final VectorMask<Float> UPPER_4 = Lanes.withBit(4);
    private static final VectorMask<Float> UPPER_2 = Lanes.withBit(2);
    private static final VectorMask<Float> UPPER_1 = Lanes.withBit(1);

    private Transpose16() {}

    /**
     * {@code target[to + c * targetStride + r] = source[from + r * sourceStride + c]} for r, c in 0..15. All 16 floats of
     * each target row are written, in ascending order of c, so rows may overlap the rows after them.
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
        row += sourceStride;
        FloatVector r8 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r9 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r10 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r11 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r12 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r13 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r14 = FloatVector.fromArray(SPECIES, source, row);
        row += sourceStride;
        FloatVector r15 = FloatVector.fromArray(SPECIES, source, row);
        FloatVector s0 = r0.blend(r8.rearrange(SWAP_8), UPPER_8);
        FloatVector s8 = r0.rearrange(SWAP_8).blend(r8, UPPER_8);
        FloatVector s1 = r1.blend(r9.rearrange(SWAP_8), UPPER_8);
        FloatVector s9 = r1.rearrange(SWAP_8).blend(r9, UPPER_8);
        FloatVector s2 = r2.blend(r10.rearrange(SWAP_8), UPPER_8);
        FloatVector s10 = r2.rearrange(SWAP_8).blend(r10, UPPER_8);
        FloatVector s3 = r3.blend(r11.rearrange(SWAP_8), UPPER_8);
        FloatVector s11 = r3.rearrange(SWAP_8).blend(r11, UPPER_8);
        FloatVector s4 = r4.blend(r12.rearrange(SWAP_8), UPPER_8);
        FloatVector s12 = r4.rearrange(SWAP_8).blend(r12, UPPER_8);
        FloatVector s5 = r5.blend(r13.rearrange(SWAP_8), UPPER_8);
        FloatVector s13 = r5.rearrange(SWAP_8).blend(r13, UPPER_8);
        FloatVector s6 = r6.blend(r14.rearrange(SWAP_8), UPPER_8);
        FloatVector s14 = r6.rearrange(SWAP_8).blend(r14, UPPER_8);
        FloatVector s7 = r7.blend(r15.rearrange(SWAP_8), UPPER_8);
        FloatVector s15 = r7.rearrange(SWAP_8).blend(r15, UPPER_8);
        FloatVector t0 = s0.blend(s4.rearrange(SWAP_4), UPPER_4);
        FloatVector t4 = s0.rearrange(SWAP_4).blend(s4, UPPER_4);
        FloatVector t1 = s1.blend(s5.rearrange(SWAP_4), UPPER_4);
        FloatVector t5 = s1.rearrange(SWAP_4).blend(s5, UPPER_4);
        FloatVector t2 = s2.blend(s6.rearrange(SWAP_4), UPPER_4);
        FloatVector t6 = s2.rearrange(SWAP_4).blend(s6, UPPER_4);
        FloatVector t3 = s3.blend(s7.rearrange(SWAP_4), UPPER_4);
        FloatVector t7 = s3.rearrange(SWAP_4).blend(s7, UPPER_4);
        FloatVector t8 = s8.blend(s12.rearrange(SWAP_4), UPPER_4);
        FloatVector t12 = s8.rearrange(SWAP_4).blend(s12, UPPER_4);
        FloatVector t9 = s9.blend(s13.rearrange(SWAP_4), UPPER_4);
        FloatVector t13 = s9.rearrange(SWAP_4).blend(s13, UPPER_4);
        FloatVector t10 = s10.blend(s14.rearrange(SWAP_4), UPPER_4);
        FloatVector t14 = s10.rearrange(SWAP_4).blend(s14, UPPER_4);
        FloatVector t11 = s11.blend(s15.rearrange(SWAP_4), UPPER_4);
        FloatVector t15 = s11.rearrange(SWAP_4).blend(s15, UPPER_4);
        FloatVector u0 = t0.blend(t2.rearrange(SWAP_2), UPPER_2);
        FloatVector u2 = t0.rearrange(SWAP_2).blend(t2, UPPER_2);
        FloatVector u1 = t1.blend(t3.rearrange(SWAP_2), UPPER_2);
        FloatVector u3 = t1.rearrange(SWAP_2).blend(t3, UPPER_2);
        FloatVector u4 = t4.blend(t6.rearrange(SWAP_2), UPPER_2);
        FloatVector u6 = t4.rearrange(SWAP_2).blend(t6, UPPER_2);
        FloatVector u5 = t5.blend(t7.rearrange(SWAP_2), UPPER_2);
        FloatVector u7 = t5.rearrange(SWAP_2).blend(t7, UPPER_2);
        FloatVector u8 = t8.blend(t10.rearrange(SWAP_2), UPPER_2);
        FloatVector u10 = t8.rearrange(SWAP_2).blend(t10, UPPER_2);
        FloatVector u9 = t9.blend(t11.rearrange(SWAP_2), UPPER_2);
        FloatVector u11 = t9.rearrange(SWAP_2).blend(t11, UPPER_2);
        FloatVector u12 = t12.blend(t14.rearrange(SWAP_2), UPPER_2);
        FloatVector u14 = t12.rearrange(SWAP_2).blend(t14, UPPER_2);
        FloatVector u13 = t13.blend(t15.rearrange(SWAP_2), UPPER_2);
        FloatVector u15 = t13.rearrange(SWAP_2).blend(t15, UPPER_2);
        FloatVector v0 = u0.blend(u1.rearrange(SWAP_1), UPPER_1);
        FloatVector v1 = u0.rearrange(SWAP_1).blend(u1, UPPER_1);
        FloatVector v2 = u2.blend(u3.rearrange(SWAP_1), UPPER_1);
        FloatVector v3 = u2.rearrange(SWAP_1).blend(u3, UPPER_1);
        FloatVector v4 = u4.blend(u5.rearrange(SWAP_1), UPPER_1);
        FloatVector v5 = u4.rearrange(SWAP_1).blend(u5, UPPER_1);
        FloatVector v6 = u6.blend(u7.rearrange(SWAP_1), UPPER_1);
        FloatVector v7 = u6.rearrange(SWAP_1).blend(u7, UPPER_1);
        FloatVector v8 = u8.blend(u9.rearrange(SWAP_1), UPPER_1);
        FloatVector v9 = u8.rearrange(SWAP_1).blend(u9, UPPER_1);
        FloatVector v10 = u10.blend(u11.rearrange(SWAP_1), UPPER_1);
        FloatVector v11 = u10.rearrange(SWAP_1).blend(u11, UPPER_1);
        FloatVector v12 = u12.blend(u13.rearrange(SWAP_1), UPPER_1);
        FloatVector v13 = u12.rearrange(SWAP_1).blend(u13, UPPER_1);
        FloatVector v14 = u14.blend(u15.rearrange(SWAP_1), UPPER_1);
        FloatVector v15 = u14.rearrange(SWAP_1).blend(u15, UPPER_1);
        int column = to;
        v0.intoArray(target, column);
        column += targetStride;
        v1.intoArray(target, column);
        column += targetStride;
        v2.intoArray(target, column);
        column += targetStride;
        v3.intoArray(target, column);
        column += targetStride;
        v4.intoArray(target, column);
        column += targetStride;
        v5.intoArray(target, column);
        column += targetStride;
        v6.intoArray(target, column);
        column += targetStride;
        v7.intoArray(target, column);
        column += targetStride;
        v8.intoArray(target, column);
        column += targetStride;
        v9.intoArray(target, column);
        column += targetStride;
        v10.intoArray(target, column);
        column += targetStride;
        v11.intoArray(target, column);
        column += targetStride;
        v12.intoArray(target, column);
        column += targetStride;
        v13.intoArray(target, column);
        column += targetStride;
        v14.intoArray(target, column);
        column += targetStride;
        v15.intoArray(target, column);
    }
}
