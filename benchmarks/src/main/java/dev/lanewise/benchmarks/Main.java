package dev.lanewise.benchmarks;

import dev.lanewise.benchmarks.peers.PeerException;
import dev.lanewise.benchmarks.peers.Peers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * JMH's own command line, except that the values of {@code implementation} are looked at first: one that this build or this
 * machine doesn't have is left out with a line that says why, rather than failing in every fork.
 */
public final class Main {
    private static final String OPTION = "-p";
    private static final String PARAMETER = "implementation=";

    private Main() {}

    /**
     * Runs benchmarks.
     *
     * @param arguments those of JMH
     * @throws IOException if JMH can't write
     */
    public static void main(String[] arguments) throws IOException {
        List<String> kept = new ArrayList<>();
        int asked = 0;
        int left = 0;
        for (int i = 0; i < arguments.length; i++) {
            boolean apart = arguments[i].equals(OPTION) && i + 1 < arguments.length;
            String value = apart ? arguments[i + 1] : arguments[i].startsWith(OPTION) ? arguments[i].substring(2) : "";
            if (!value.startsWith(PARAMETER)) {
                kept.add(arguments[i]);
                continue;
            }
            i += apart ? 1 : 0;
            List<String> all = List.of(value.substring(PARAMETER.length()).split(","));
            List<String> runnable = all.stream().filter(Main::runs).toList();
            asked += all.size();
            left += runnable.size();
            if (!runnable.isEmpty()) {
                kept.add(OPTION);
                kept.add(PARAMETER + String.join(",", runnable));
            }
        }
        if (asked > 0 && left == 0) {
            System.exit(1);
        }
        org.openjdk.jmh.Main.main(kept.toArray(String[]::new));
    }

    private static boolean runs(String implementation) {
        if (Ladder.find(implementation).isPresent()) {
            return true;
        }
        try {
            Peers.find(implementation).load(Peers.threads(implementation));
            return true;
        } catch (PeerException e) {
            System.err.println(e.getMessage());
            return false;
        }
    }
}
