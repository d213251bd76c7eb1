package dev.lanewise.nn;

import dev.lanewise.Engine;
import dev.lanewise.PackedMatrix;
import dev.lanewise.Transpose;

/**
 * A weight in the order in which products read it: W for the forward pass, its transpose for the gradient of the input. Both
 * are brought up to date at the start of a pass, which costs next to nothing beside a pass of some hundred rows, and spares
 * every part of the pass from doing it again. Memory is kept from pass to pass; a weight of another shape, as when
 * activations serve another model, gets new memory.
 */
final class WeightPacks {
    private PackedMatrix forward;
    private Engine forwardMaker;
    private PackedMatrix transposed;
    private Engine transposedMaker;

    /** Packs W as it is now. */
    void refreshForward(Engine engine, Parameter weight) {
        if (forwardMaker == engine && fits(forward, weight.rows(), weight.cols())) {
            engine.matMul().repack(forward, Transpose.NO, weight.values(), weight.offset(), weight.cols());
        } else {
            forward = engine.matMul()
                    .pack(Transpose.NO, weight.rows(), weight.cols(), weight.values(), weight.offset(), weight.cols());
            forwardMaker = engine;
        }
    }

    /** Packs the transpose of W as it is now. */
    void refreshTransposed(Engine engine, Parameter weight) {
        if (transposedMaker == engine && fits(transposed, weight.cols(), weight.rows())) {
            engine.matMul().repack(transposed, Transpose.YES, weight.values(), weight.offset(), weight.cols());
        } else {
            transposed = engine.matMul()
                    .pack(Transpose.YES, weight.cols(), weight.rows(), weight.values(), weight.offset(), weight.cols());
            transposedMaker = engine;
        }
    }

    /** Whether a pack has the shape: an array that is large enough for another one would be taken without a word. */
    private static boolean fits(PackedMatrix pack, int k, int n) {
        return pack.k() == k && pack.n() == n;
    }

    /** W, [in x out]. */
    PackedMatrix forward() {
        return forward;
    }

    /** The transpose of W, [out x in]. */
    PackedMatrix transposed() {
        return transposed;
    }
}
