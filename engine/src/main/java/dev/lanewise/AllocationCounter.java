package dev.lanewise;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.Optional;

/**
 * Counts the bytes that the current thread has allocated. The JVM offers that in a module which an embedding program may
 * leave out, hence by name.
 */
final class AllocationCounter {
    private static final String BEAN = "com.sun.management.ThreadMXBean";

    private final Object bean;
    private final Method bytes;

    private AllocationCounter(Object bean, Method bytes) {
        this.bean = bean;
        this.bytes = bytes;
    }

    /** A counter, if this JVM has one. */
    static Optional<AllocationCounter> find() {
        try {
            Method bytes = Class.forName(BEAN).getMethod("getCurrentThreadAllocatedBytes");
            AllocationCounter counter = new AllocationCounter(ManagementFactory.getThreadMXBean(), bytes);
            return counter.bytes() < 0 ? Optional.empty() : Optional.of(counter);
        } catch (ReflectiveOperationException | RuntimeException | NoClassDefFoundError e) {
            return Optional.empty();
        }
    }

    /** Bytes since the thread started; negative where counting is switched off. */
    long bytes() throws ReflectiveOperationException {
        return (long) bytes.invoke(bean);
    }
}
