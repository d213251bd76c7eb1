package dev.lanewise.runtime;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Keeps scratch objects between calls, so that kernels allocate nothing once they are warm. Safe to share between
 * threads; an object is used by one borrower at a time.
 *
 * @param <T> what is kept
 */
public final class Pool<T> {
    /** More than the threads of any one machine: beyond it objects are made anew and dropped, never refused. */
    private static final int SLOTS = 64;

    private final AtomicReferenceArray<T> slots = new AtomicReferenceArray<>(SLOTS);
    private final Supplier<T> factory;

    /**
     * An empty pool.
     *
     * @param factory makes an object where none is free
     */
    public Pool(Supplier<T> factory) {
        this.factory = factory;
    }

    /**
     * Borrows an object.
     *
     * @return a free object, or a new one; in the state its last borrower left it in
     */
    public T acquire() {
        for (int i = 0; i < SLOTS; i++) {
            T free = slots.get(i);
            if (free != null && slots.compareAndSet(i, free, null)) {
                return free;
            }
        }
        return factory.get();
    }

    /**
     * Gives an object back.
     *
     * @param object what {@link #acquire} returned
     */
    public void release(T object) {
        for (int i = 0; i < SLOTS; i++) {
            if (slots.get(i) == null && slots.compareAndSet(i, null, object)) {
                return;
            }
        }
    }
}
