package dev.lanewise.nn;

import dev.lanewise.Engine;

/**
 * Tells tokens where they stand, by adding to each a vector of sines and cosines of its position:
 * {@code PE(pos, 2i) = sin(pos / 10000^(2i/dim))} and {@code PE(pos, 2i+1) = cos(pos /
 * 10000^(2i/dim))}. It has no parameters, and its gradient passes through unchanged. Source: Vaswani
 * and others, Attention Is All You Need, 2017 (1706.03762).
 */
public final class PositionalEncoding {
    private static final double BASE = 10_000;

    private final int dim;
    private final double amplitude;
    private volatile float[] table = new float[0];

    /**
     * The encoding of the paper, with an amplitude of 1.
     *
     * @param dim columns of each token
     * @throws IllegalArgumentException if {@code dim} is below 1
     */
    public PositionalEncoding(int dim) {
        this(dim, 1);
    }

    /**
     * The encoding times a factor, for embeddings that start smaller than the paper's.
     *
     * @param dim columns of each token
     * @param amplitude largest value of a sine
     * @throws IllegalArgumentException if {@code dim} is below 1
     */
    public PositionalEncoding(int dim, double amplitude) {
        this.dim = Shapes.positive("dim", dim);
        this.amplitude = amplitude;
    }

    /**
     * {@code x[b, t] += PE(t)}.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param seqLen tokens of each
     * @param x [batch * seqLen x dim]; modified
     * @throws IllegalArgumentException if x is too small
     */
    public void addTo(Engine engine, int batch, int seqLen, float[] x) {
        Shapes.dense("x", x, Shapes.size("tokens", batch, seqLen), dim);
        engine.embedding().addPositions(batch, seqLen, dim, positions(seqLen), 0, x, 0);
    }

    /**
     * {@code x[offsets[b] + t] += PE(t)}, for sequences that lie end to end, without padding: each has the bits that it has
     * alone. There is nothing to do in the backward pass.
     *
     * @param engine runs it
     * @param batch number of sequences
     * @param offsets [batch + 1], from 0 on and never falling: sequence b has the rows {@code offsets[b] .. offsets[b + 1] -
     *     1}; it may be empty. Not modified
     * @param x [offsets[batch] x dim]; modified
     * @throws IllegalArgumentException if x is too small, or the offsets make no sense
     */
    public void addToRagged(Engine engine, int batch, int[] offsets, float[] x) {
        Shapes.dense("x", x, Shapes.offsets(offsets, batch), dim);
        int longest = 0;
        for (int b = 0; b < batch; b++) {
            longest = Math.max(longest, offsets[b + 1] - offsets[b]);
        }
        float[] positions = positions(longest);
        for (int b = 0; b < batch; b++) {
            engine.embedding()
                    .addPositions(1, offsets[b + 1] - offsets[b], dim, positions, 0, x, offsets[b] * dim);
        }
    }

    /**
     * The vectors of the first positions.
     *
     * @param seqLen number of positions
     * @return at least [seqLen x dim]; not to be modified
     */
    float[] positions(int seqLen) {
        float[] known = table;
        int size = Shapes.size("positions", seqLen, dim);
        if (known.length >= size) {
            return known;
        }
        float[] grown = new float[size];
        System.arraycopy(known, 0, grown, 0, known.length);
        for (int col = 0; col < dim; col++) {
            double frequency = StrictMath.pow(BASE, -(double) (col - col % 2) / dim);
            for (int position = known.length / dim; position < seqLen; position++) {
                double angle = position * frequency;
                double wave = col % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
                grown[position * dim + col] = (float) (amplitude * wave);
            }
        }
        // Two threads may both get here: they compute the same values, and either table will do.
        table = grown;
        return grown;
    }
}
