package dev.lanewise.nn;

import dev.lanewise.MatMulEpilogue;

/** Memory of a pass for one group of sequences at a time: each thread at work has one. Grown as needed, then reused. */
final class PassBuffers {
    /** What follows a product; set for each. */
    final MatMulEpilogue epilogue = new MatMulEpilogue();

    /** Outputs of a norm, [rows of a run x modelDim]. */
    float[] normed = new float[0];

    /** Outputs of an activation function, [rows of a run x hiddenDim]. */
    float[] hidden = new float[0];

    /** What attention adds to its input, and gradients behind a norm or a dropout; [rows of a run x modelDim]. */
    float[] branch = new float[0];

    /** Gradients of the heads, [rows of a group x modelDim]. */
    float[] context = new float[0];

    /** Gradients of queries, keys and values, [rows of a group x qkvDim], or of hidden rows. */
    float[] wide = new float[0];
}
