package dev.lanewise.examples.imdb.text;

import java.util.Arrays;

/**
 * A hash map from non-zero {@code long} keys to {@code int} values, with open addressing and linear
 * probing: 12 bytes a slot and no objects, where a {@code HashMap} takes some 70 bytes an entry. Key 0
 * marks a free slot. Entries cannot be removed.
 */
final class LongIntMap {

    /** Odd, from the golden ratio (Knuth, TAOCP 3, 6.4): spreads packed pairs of small numbers. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private long[] keys;
    private int[] values;
    private int size;
    private int shift;

    LongIntMap(int expected) {
        int capacity = Integer.highestOneBit(Math.max(8, expected) * 2 - 1) * 2;
        allocate(capacity);
    }

    int size() {
        return size;
    }

    /** Returns the value of the key, or {@code missing}. */
    int get(long key, int missing) {
        int slot = slot(key);
        return keys[slot] == key ? values[slot] : missing;
    }

    void put(long key, int value) {
        int slot = slot(key);
        if (keys[slot] == 0) {
            keys[slot] = key;
            size++;
        }
        values[slot] = value;
        if (size > keys.length / 2) {
            grow();
        }
    }

    /** Adds 1 to the value of the key, from 0 where it is new. */
    void increment(long key) {
        int slot = slot(key);
        if (keys[slot] == key) {
            values[slot]++;
        } else {
            put(key, 1);
        }
    }

    /** Returns the keys whose value is at least {@code minimum}, in no particular order. */
    long[] keysFrom(int minimum) {
        long[] found = new long[size];
        int n = 0;
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] != 0 && values[i] >= minimum) {
                found[n++] = keys[i];
            }
        }
        return Arrays.copyOf(found, n);
    }

    private int slot(long key) {
        if (key == 0) {
            throw new IllegalArgumentException("key 0 marks a free slot");
        }
        int mask = keys.length - 1;
        int slot = (int) ((key * SPREAD) >>> shift);
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        allocate(oldKeys.length * 2);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    private void allocate(int capacity) {
        keys = new long[capacity];
        values = new int[capacity];
        shift = Long.numberOfLeadingZeros(capacity) + 1;
    }
}
