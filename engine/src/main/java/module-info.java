/**
 * A numerical engine in pure Java: matrix multiply, softmax, attention and transformer layers on
 * {@code float[]}.
 *
 * <p>The Vector API is used where its module is there at run time; the scalar code runs otherwise.
 */
module dev.lanewise.engine {
    requires static java.management;
    requires static jdk.incubator.vector;

    exports dev.lanewise;
    exports dev.lanewise.nn;
    exports dev.lanewise.optim;
    exports dev.lanewise.runtime;
}
