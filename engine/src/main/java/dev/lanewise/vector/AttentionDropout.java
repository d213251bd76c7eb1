package dev.lanewise.vector;

import static dev.lanewise.vector.AttentionTile.STRIP;
import static dev.lanewise.vector.Lanes.INTS;
import static dev.lanewise.vector.Lanes.LANES;
import static dev.lanewise.vector.Lanes.SPECIES;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.kernels.Dropout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Dropout of attention weights. Whether the weight of query i and key j is dropped is a hash of its number,
 * {@code first + i * keys + j}: the same in the forward and the backward pass, however the head is cut.
 */
final class AttentionDropout {
    private AttentionDropout() {}

    /**
     * Drops weights of a strip.
     *
     * @param call says who is dropped
     * @param number number of the weight in the first row and lane
     * @param byRow what the number grows by from row to row
     * @param byLane what it grows by from lane to lane
     * @param rows number of rows
     * @param w holds the strip
     * @param at index of the first row
     * @param factor of the weights that are kept
     */
    static void drop(
            AttentionCall call, long number, long byRow, int byLane, int rows, float[] w, int at, float factor) {
        int threshold = Dropout.threshold(call.dropout);
        int secondKey = Dropout.secondKey(call.dropoutSeed);
        for (int j = 0; j < rows; j++) {
            for (int lane = 0; lane < STRIP; lane += LANES) {
                long first = number + j * byRow + (long) lane * byLane;
                int key = Dropout.firstKey(call.dropoutSeed, first);
                int nextKey = Dropout.firstKey(call.dropoutSeed, first + (1L << 32));
                row(first, byLane, key, nextKey, secondKey, threshold, w, at + j * STRIP + lane, factor);
            }
        }
    }

    /** One vector. The upper half of the number changes where the lower one starts anew, at most once in a vector. */
    private static void row(
            long first, int byLane, int key, int nextKey, int secondKey, int threshold, float[] w, int at,
            float factor) {
        int low = (int) first;
        IntVector x = IntVector.zero(INTS).addIndex(1).mul(byLane).add(low);
        VectorMask<Integer> wrapped = x.compare(VectorOperators.ULT, low);
        x = x.lanewise(VectorOperators.XOR, IntVector.broadcast(INTS, key).blend(nextKey, wrapped));
        x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 16)).mul(Dropout.MULTIPLIER_1);
        x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 15)).mul(Dropout.MULTIPLIER_2);
        x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 16));
        x = x.lanewise(VectorOperators.XOR, secondKey);
        x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 16)).mul(Dropout.MULTIPLIER_1);
        x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 15)).mul(Dropout.MULTIPLIER_2);
        x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 16));
        VectorMask<Float> dropped = x.lanewise(VectorOperators.LSHR, 8).compare(VectorOperators.LT, threshold)
                .cast(SPECIES);
        FloatVector.fromArray(SPECIES, w, at).mul(factor).blend(0f, dropped).intoArray(w, at);
    }
}
