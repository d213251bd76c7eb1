package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;

/**
 * The forward pass of a block, one part for each group of sequences. A part runs through the whole block before the next one
 * starts, so that what one operation writes is still in the second-level cache when the next one reads it; and parts depend
 * on nothing of each other, so that threads meet once a block. Where there are fewer parts than it takes to keep the threads
 * busy, they are run one after the other, and the threads share each operation instead: the bits are the same.
 */
final class EncoderForward implements Workers.Task {
    /** Parts for each thread below which the threads share operations: one part more or less matters little then. */
    private static final int PARTS_PER_THREAD = 2;

    private final Pool<PassBuffers> buffers = new Pool<>(PassBuffers::new);
    private EncoderBlock block;
    private EncoderBlock.Activations kept;
    private float[] x;
    private Engine engine;

    /** Runs the pass; room has been made, and weights are packed. */
    void run(Engine all, EncoderBlock layer, float[] input, EncoderBlock.Activations activations) {
        block = layer;
        kept = activations;
        x = input;
        int parts = kept.groups().count();
        if (parts >= PARTS_PER_THREAD * all.workers().threads()) {
            engine = all.onCallingThread();
            all.workers().run(parts, this);
        } else {
            engine = all;
            for (int part = 0; part < parts; part++) {
                run(part);
            }
        }
    }

    @Override
    public void run(int group) {
        PassBuffers memory = buffers.acquire();
        TokenGroups groups = kept.groups();
        int from = groups.firstRow(group);
        int to = groups.endRow(group);
        int run = TokenGroups.run(to - from);
        block.reserveForward(memory, groups);
        for (int row = from; row < to; row += run) {
            block.projectRows(engine, row, Math.min(run, to - row), x, kept, memory);
        }
        block.attention().attend(engine, group, kept.attention());
        for (int row = from; row < to; row += run) {
            block.finishRows(engine, row, Math.min(run, to - row), x, kept, memory);
        }
        buffers.release(memory);
    }
}
