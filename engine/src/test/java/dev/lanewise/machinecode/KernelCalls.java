package dev.lanewise.machinecode;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Calls kernels until the optimising compiler has compiled each as a whole; the JVM that runs this prints their code. The
 * arguments are signatures, {@code package.Class::method}.
 *
 * <p>A kernel's first int is taken for its depth, its last for the distance between rows, the others for offsets; arrays are
 * large enough for any tile.
 */
public final class KernelCalls {
    /** Short, so that a call ends before the loop inside it is hot enough for on-stack replacement. */
    private static final int DEPTH = 16;

    /** More than the 5000 to 15000 after which the optimising compiler starts, which it does at once with -Xbatch. */
    private static final int CALLS = 16_000;

    private static final int LEADING = 64;

    private KernelCalls() {}

    /**
     * The program.
     *
     * @param args signatures of kernels
     * @throws ReflectiveOperationException if there is no such kernel, or a call fails
     */
    public static void main(String[] args) throws ReflectiveOperationException {
        for (String signature : args) {
            call(signature);
        }
    }

    private static void call(String signature) throws ReflectiveOperationException {
        String[] names = signature.split("::");
        Method kernel = Arrays.stream(Class.forName(names[0]).getDeclaredMethods())
                .filter(method -> method.getName().equals(names[1])).findFirst()
                .orElseThrow(() -> new NoSuchMethodException(signature));
        kernel.setAccessible(true);
        Object[] arguments = arguments(kernel.getParameterTypes());
        for (int i = 0; i < CALLS; i++) {
            try {
                kernel.invoke(null, arguments);
            } catch (InvocationTargetException e) {
                throw new IllegalStateException(signature + " failed", e.getCause());
            }
        }
    }

    private static Object[] arguments(Class<?>[] types) {
        Object[] arguments = new Object[types.length];
        boolean depthGiven = false;
        for (int i = 0; i < types.length; i++) {
            if (types[i] == float[].class) {
                arguments[i] = new float[1 << 16];
            } else if (types[i] == float.class) {
                arguments[i] = 1f;
            } else if (types[i] == boolean.class) {
                arguments[i] = false;
            } else {
                arguments[i] = !depthGiven ? DEPTH : i == types.length - 1 ? LEADING : 0;
                depthGiven = true;
            }
        }
        return arguments;
    }
}
