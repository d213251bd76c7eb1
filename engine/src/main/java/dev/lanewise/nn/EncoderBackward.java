package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.runtime.Pool;
import dev.lanewise.runtime.Workers;
import java.util.ArrayList;
import java.util.List;

/**
 * The backward pass of a block, one part for each share of the gradients. A part takes its groups of sequences one after the
 * other, each through the whole block while it is in the second-level cache, and sums the gradients of the parameters in an
 * array of its own; at the end these are added up in the order of the parts. How the groups are shared out depends on the
 * sizes alone, so the bits do not depend on the threads.
 */
final class EncoderBackward implements Workers.Task {
    /** Elements of a parameter that are added up as one part: some microseconds. */
    private static final int REDUCED = 1 << 14;

    private final Pool<PassBuffers> buffers = new Pool<>(PassBuffers::new);
    private final List<GradientShare> extra = new ArrayList<>();
    private final Workers.Task reduction = this::reduce;
    private EncoderBlock block;
    private EncoderBlock.Activations kept;
    private float[] gradient;
    private Engine engine;
    private int shares;

    /** The parameter whose gradients are added up. */
    private Parameter reduced;

    /** Runs the pass; weights are packed. */
    void run(Engine all, EncoderBlock layer, EncoderBlock.Activations activations, float[] inAndOut) {
        block = layer;
        kept = activations;
        gradient = inAndOut;
        shares = kept.groups().shares(block.parameterCount());
        while (extra.size() < shares - 1) {
            extra.add(GradientShare.empty());
        }
        if (shares >= all.workers().threads()) {
            engine = all.onCallingThread();
            all.workers().run(shares, this);
        } else {
            engine = all;
            for (int share = 0; share < shares; share++) {
                run(share);
            }
        }
        if (shares > 1) {
            List<Parameter> parameters = block.parameters();
            for (int i = 0; i < parameters.size(); i++) {
                reduced = parameters.get(i);
                all.workers().run((reduced.size() + REDUCED - 1) / REDUCED, reduction);
            }
        }
    }

    private void reduce(int part) {
        int to = Math.min(reduced.size(), (part + 1) * REDUCED);
        for (int i = 0; i < shares - 1; i++) {
            extra.get(i).addToModel(reduced, part * REDUCED, to);
        }
    }

    @Override
    public void run(int index) {
        GradientShare share = GradientShare.MODEL;
        if (index > 0) {
            share = extra.get(index - 1);
            share.clearFor(block.parameters());
        }
        TokenGroups groups = kept.groups();
        PassBuffers memory = buffers.acquire();
        block.reserve(memory, groups);
        for (int group = groups.firstGroup(index, shares); group < groups.firstGroup(index + 1, shares); group++) {
            backward(group, memory, share);
        }
        buffers.release(memory);
    }

    private void backward(int group, PassBuffers memory, GradientShare share) {
        int from = kept.groups().firstRow(group);
        int to = kept.groups().endRow(group);
        int run = TokenGroups.run(to - from);
        for (int row = from; row < to; row += run) {
            int rows = Math.min(run, to - row);
            block.finishBackward(engine, row, rows, gradient, kept, memory, row - from, share);
        }
        block.attention().attendBackward(engine, group, kept.attention(), memory.context, memory.wide);
        for (int row = from; row < to; row += run) {
            int rows = Math.min(run, to - row);
            block.projectBackward(engine, row, rows, gradient, kept, memory, row - from, share);
        }
    }
}
