package dev.lanewise.nn;

/**
 * Gives a parameter its first values. The value of an element depends on the seed, the parameter's
 * name and the element's position alone, so the order in which layers are made does not matter.
 */
@FunctionalInterface
public interface Initializer {
    /**
     * The first value of one element.
     *
     * @param key key of the parameter's random stream, made of the seed and the parameter's name
     * @param index position of the element in the parameter, row after row
     * @return the value
     */
    float value(long key, long index);

    /**
     * All elements alike.
     *
     * @param value what each element is set to
     * @return an initialiser that uses no random numbers
     */
    static Initializer constant(float value) {
        return (key, index) -> value;
    }

    /**
     * Uniform within {@code [-bound, bound)}.
     *
     * @param bound largest magnitude
     * @return the initialiser
     */
    static Initializer uniform(double bound) {
        return (key, index) -> (float) ((2 * CounterRandom.uniform(key, index) - 1) * bound);
    }

    /**
     * Normal with mean zero.
     *
     * @param deviation standard deviation
     * @return the initialiser
     */
    static Initializer normal(double deviation) {
        return (key, index) -> (float) (CounterRandom.normal(key, index) * deviation);
    }

    /**
     * Uniform within {@code sqrt(6 / (fanIn + fanOut))}. Source: Glorot, Bengio, Understanding the
     * Difficulty of Training Deep Feedforward Neural Networks, 2010.
     *
     * @param fanIn inputs of the layer
     * @param fanOut outputs of the layer
     * @return the initialiser
     */
    static Initializer xavier(int fanIn, int fanOut) {
        return uniform(Math.sqrt(6.0 / Math.max(1.0, (double) fanIn + fanOut)));
    }
}
