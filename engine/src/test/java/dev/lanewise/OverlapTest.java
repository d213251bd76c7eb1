package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Overlap checks against sets of indices, over random layouts. */
final class OverlapTest {
    private final float[] data = new float[4000];

    private static boolean refuses(Runnable check) {
        try {
            check.run();
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static BitSet matrix(int offset, int rows, int cols, int ld) {
        BitSet set = new BitSet();
        for (int r = 0; r < rows; r++) {
            set.set(offset + r * ld, offset + r * ld + cols);
        }
        return set;
    }

    @Test
    void matricesOfOneStrideAreRefusedOnlyWhereTheyShareAnElement() {
        Random random = new Random(8);
        int overlapping = 0;
        for (int i = 0; i < 20_000; i++) {
            int ld = 1 + random.nextInt(12);
            int rows = 1 + random.nextInt(5);
            int colsA = random.nextInt(ld + 1);
            int colsB = random.nextInt(ld + 1);
            int a = random.nextInt(70);
            int b = random.nextInt(70);
            boolean share = matrix(a, rows, colsA, ld).intersects(matrix(b, rows, colsB, ld));
            boolean refused = refuses(
                    () -> Overlap.separateMatrices("out", data, a, rows, colsA, ld, "in", data, b, rows, colsB, ld));
            // Rows of one matrix may lie in the gaps of the other by chance: refusing that is allowed, missing is not.
            if (share) {
                overlapping++;
                assertEquals(true, refused, "missed: " + a + ", " + b + ", ld " + ld + ", " + colsA + ", " + colsB);
            }
            boolean apart = Overlap.apartInColumns((long) b - a, colsA, colsB, ld);
            if (apart) {
                assertEquals(false, refused, "columns apart: " + a + ", " + b + ", ld " + ld);
            }
        }
        assertEquals(true, overlapping > 1000, "the test must meet overlaps");
    }

    @Test
    void matricesOfUnlikeStridesAreNeverMissed() {
        Random random = new Random(9);
        for (int i = 0; i < 20_000; i++) {
            int colsA = 1 + random.nextInt(6);
            int colsB = 1 + random.nextInt(6);
            int ldA = colsA + random.nextInt(6);
            int ldB = colsB + random.nextInt(6);
            int a = random.nextInt(60);
            int b = random.nextInt(60);
            if (matrix(a, 4, colsA, ldA).intersects(matrix(b, 3, colsB, ldB))) {
                assertEquals(
                        true,
                        refuses(
                                () -> Overlap.separateMatrices(
                                        "out", data, a, 4, colsA, ldA, "in", data, b, 3, colsB, ldB)));
            }
        }
    }

    @Test
    void theVeryInputIsAllowedWhereInPlaceIs() {
        Overlap.matrices("y", data, 5, 10, "x", data, 5, 10, 4, 8);
        Overlap.vectors("y", data, 5, "x", data, 5, 100);
        assertEquals(true, refuses(() -> Overlap.matrices("y", data, 5, 10, "x", data, 6, 10, 4, 8)));
        assertEquals(true, refuses(() -> Overlap.matrices("y", data, 5, 10, "x", data, 5, 11, 4, 8)));
        assertEquals(true, refuses(() -> Overlap.vectors("y", data, 5, "x", data, 6, 100)));
        assertEquals(false, refuses(() -> Overlap.vectors("y", data, 5, "x", data, 105, 100)));
    }

    private BitSet set(HeadTensor tensor, int offset, int[] sizes, int[] strides) {
        tensor.set(data, offset, sizes[0], sizes[1], sizes[2], sizes[3], strides[0], strides[1], strides[2]);
        BitSet set = new BitSet();
        for (int b = 0; b < sizes[0]; b++) {
            for (int h = 0; h < sizes[1]; h++) {
                for (int r = 0; r < sizes[2]; r++) {
                    int at = offset + b * strides[0] + h * strides[1] + r * strides[2];
                    set.set(at, at + sizes[3]);
                }
            }
        }
        return set;
    }

    @Test
    void headTensorsThatShareAnElementAreRefused() {
        Random random = new Random(10);
        HeadTensor first = new HeadTensor("dQ");
        HeadTensor second = new HeadTensor("q");
        int shared = 0;
        int apart = 0;
        for (int i = 0; i < 30_000; i++) {
            int heads = 1 + random.nextInt(3);
            int rows = 1 + random.nextInt(4);
            int dim = 1 + random.nextInt(4);
            int[] sizes = {1 + random.nextInt(3), heads, rows, dim};
            int row = heads * dim + random.nextInt(2 * heads * dim + 1);
            int[] strides = {rows * row + random.nextInt(2) * random.nextInt(9), dim, row};
            int[] otherStrides = random.nextInt(3) == 0 ? new int[] {heads * rows * dim, rows * dim, dim} : strides;
            BitSet a = set(first, random.nextInt(40), sizes, strides);
            BitSet b = set(second, random.nextInt(40), sizes, otherStrides);
            boolean refused = refuses(() -> first.checkApart(second));
            if (a.intersects(b)) {
                shared++;
                assertEquals(true, refused);
            } else if (!refused) {
                apart++;
            }
        }
        assertEquals(true, shared > 1000 && apart > 500, shared + " shared and " + apart + " apart");
    }

    @Test
    void outputsWhoseRowsOverlapAreRefused() {
        Random random = new Random(11);
        HeadTensor tensor = new HeadTensor("out");
        int clean = 0;
        int clashes = 0;
        for (int i = 0; i < 30_000; i++) {
            int[] sizes = {1 + random.nextInt(3), 1 + random.nextInt(3), 1 + random.nextInt(3), 1 + random.nextInt(3)};
            int[] strides = {random.nextInt(40), random.nextInt(40), sizes[3] + random.nextInt(20)};
            BitSet set = set(tensor, 0, sizes, strides);
            boolean clash = set.cardinality() < sizes[0] * sizes[1] * sizes[2] * sizes[3];
            boolean refused = refuses(tensor::checkRowsApart);
            if (clash) {
                clashes++;
                assertEquals(true, refused, java.util.Arrays.toString(sizes) + java.util.Arrays.toString(strides));
            } else if (!refused) {
                clean++;
            }
        }
        assertEquals(true, clashes > 1000 && clean > 1000, clashes + " clashes and " + clean + " clean");
        for (int[] strides : new int[][] {{60, 5, 20}, {60, 20, 5}, {5, 60, 20}}) {
            set(tensor, 0, new int[] {3, 3, 3, 5}, strides);
            tensor.checkRowsApart();
        }
    }
}
