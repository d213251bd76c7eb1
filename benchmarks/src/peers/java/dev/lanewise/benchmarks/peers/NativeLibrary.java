package dev.lanewise.benchmarks.peers;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URL;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * A shared library out of a jar of JavaCPP's presets: extracted to the user's JavaCPP cache ({@code ~/.javacpp/cache}), where
 * JavaCPP itself looks too, so that one process never holds two copies.
 */
@SuppressWarnings("restricted") // Calling native code is what it is for; all of it is behind this class.
final class NativeLibrary {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    static final AddressLayout ADDRESS = ValueLayout.ADDRESS;

    private final SymbolLookup symbols;

    private NativeLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * Extracts all libraries of a preset and opens some.
     *
     * @param peer for the message
     * @param preset its folder in the jar
     * @param files file names in the order of their dependence; the last is the one whose symbols are found
     */
    static NativeLibrary open(String peer, String preset, String... files) throws PeerException {
        String folder = "/org/bytedeco/" + preset + "/" + Loader.getPlatform() + "/";
        URL resource = NativeLibrary.class.getResource(folder + files[files.length - 1]);
        if (resource == null) {
            throw new PeerException(peer, "this build has no native library of it for " + Loader.getPlatform());
        }
        File extracted;
        try {
            extracted = Loader.cacheResource(NativeLibrary.class, folder);
        } catch (IOException e) {
            throw new PeerException(peer, "its libraries can't be extracted: " + e.getMessage());
        }
        if (extracted == null) {
            throw new PeerException(peer,
                    "its libraries can't be extracted to the cache of JavaCPP (~/.javacpp/cache)");
        }
        SymbolLookup last = null;
        for (String file : files) {
            try {
                last = SymbolLookup.libraryLookup(extracted.toPath().resolve(file), Arena.global());
            } catch (IllegalArgumentException | IllegalCallerException e) {
                throw new PeerException(peer, e.getMessage());
            }
        }
        return new NativeLibrary(last);
    }

    /** A function that is called with arrays of the Java heap, in place: no copies, and no garbage collection meanwhile. */
    MethodHandle critical(String function, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(find(function), descriptor, Linker.Option.critical(true));
    }

    /** A function that is called rarely. */
    MethodHandle function(String function, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(find(function), descriptor);
    }

    /** Calls {@code void function(int)}. */
    void set(String function, int value) {
        try {
            function(function, FunctionDescriptor.ofVoid(INT)).invokeExact(value);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A function of the C library, which is always loaded; empty on a system whose C library has none of that name. */
    static Optional<MethodHandle> libc(String function, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(function).map(address -> linker.downcallHandle(address, descriptor));
    }

    /** The first bytes of what a function returned a pointer to. */
    static MemorySegment view(MemorySegment pointer, long bytes) {
        return pointer.reinterpret(bytes);
    }

    /** Views of an array, cut into {@code count} equal parts. */
    static MemorySegment[] slices(float[] data, int count) {
        MemorySegment all = MemorySegment.ofArray(data);
        long bytes = all.byteSize() / count;
        MemorySegment[] slices = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            slices[i] = all.asSlice(i * bytes, bytes);
        }
        return slices;
    }

    /** What a downcall throws is an error of this program: native code has no exceptions. */
    static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    private MemorySegment find(String function) {
        return symbols.find(function)
                .orElseThrow(() -> new IllegalStateException("the library has no function " + function));
    }
}
