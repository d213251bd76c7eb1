package dev.lanewise.nn;

/** How the rows of a block are normalised. */
public enum Normalization {
    /** To a mean of zero and a variance of one, then scaled and shifted: {@link LayerNorm}. */
    LAYER,
    /** To a mean square of one, then scaled: {@link RmsNorm}. */
    RMS
}
