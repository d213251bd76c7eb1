package dev.lanewise.launch;

import dev.lanewise.AttentionMask;
import dev.lanewise.AttentionOptions;
import dev.lanewise.AttentionShape;
import dev.lanewise.AttentionTensors;
import dev.lanewise.Engine;
import java.util.SplittableRandom;

/**
 * One head of 32,768 tokens, forward and backward, with a window: 64 MB of tensors, where the scores alone would take 4 GB.
 * Prints whether what came out is finite.
 */
public final class LongAttention {
    private static final int TOKENS = 1 << 15;
    private static final int HEAD_DIM = 64;

    private LongAttention() {}

    /**
     * The program.
     *
     * @param args number of threads, and the keys of the window
     */
    public static void main(String[] args) {
        int size = TOKENS * HEAD_DIM;
        float[][] arrays = new float[8][];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = new float[size];
            for (int j = 0; j < size && i < 4; j++) {
                arrays[i][j] = (float) random.nextDouble(-1, 1);
            }
        }
        AttentionTensors tensors = new AttentionTensors().q(arrays[0], 0).k(arrays[1], 0).v(arrays[2], 0)
                .dOut(arrays[3], 0).out(arrays[4], 0).dQ(arrays[5], 0).dK(arrays[6], 0).dV(arrays[7], 0)
                .logSumExp(new float[TOKENS], 0);
        AttentionOptions options = new AttentionOptions()
                .mask(AttentionMask.window(Integer.parseInt(args[1]), 0));
        AttentionShape shape = AttentionShape.headsFirst(1, 1, TOKENS, TOKENS, HEAD_DIM);
        try (Engine engine = Engine.builder().threads(Integer.parseInt(args[0])).build()) {
            engine.attention().forward(shape, options, tensors);
            engine.attention().backward(shape, options, tensors);
        }
        for (float[] array : arrays) {
            float sum = 0f;
            for (float value : array) {
                sum += value * value;
            }
            if (!(sum > 0 && sum < Float.POSITIVE_INFINITY)) {
                System.out.println("a tensor's sum of squares is " + sum);
                return;
            }
        }
        System.out.println("finite");
    }
}
