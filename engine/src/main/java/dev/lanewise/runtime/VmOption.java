package dev.lanewise.runtime;

import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.util.Optional;

/** Reads options of the running JVM, where it has them and tells. */
public final class VmOption {
    private VmOption() {}

    /**
     * The value of an option, whether it was given on the command line or is the JVM's own choice.
     *
     * @param name its name without {@code -XX:}, for example {@code UseFMA}
     * @return the value; empty where there is no such option, or no java.management to ask
     */
    public static Optional<String> value(String name) {
        try {
            // By name: com.sun.management is in a module that an embedding program may leave out. The bean itself, not
            // the platform's server of all beans, which takes a quarter of a second to start.
            Class<? extends PlatformManagedObject> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean")
                    .asSubclass(PlatformManagedObject.class);
            Object option = type.getMethod("getVMOption", String.class)
                    .invoke(ManagementFactory.getPlatformMXBean(type), name);
            return Optional.of((String) option.getClass().getMethod("getValue").invoke(option));
        } catch (ReflectiveOperationException | RuntimeException | NoClassDefFoundError e) {
            return Optional.empty();
        }
    }
}
