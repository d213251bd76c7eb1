package dev.lanewise.nn;

/** What a backward pass does with the array it writes an input gradient to. */
public enum Write {
    /** What the array holds is not read. */
    OVERWRITE,
    /** The gradient is added to what the array holds. */
    ADD;

    /** The beta of a product that writes so. */
    float beta() {
        return this == ADD ? 1f : 0f;
    }
}
