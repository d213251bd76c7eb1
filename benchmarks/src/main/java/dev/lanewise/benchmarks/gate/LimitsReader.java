package dev.lanewise.benchmarks.gate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the checked-in limits. A field that is not known is an error: a misspelt floor must not guard nothing. */
final class LimitsReader {
    /** The limits in the jar, beside this class. */
    static final String RESOURCE = "limits.json";

    private static final Set<String> FIELDS = Set.of("benchmark", "params", "floors", "bytesPerOperation");

    private LimitsReader() {}

    /** The limits that the jar carries. */
    static List<Limit> bundled() {
        try (InputStream in = LimitsReader.class.getResourceAsStream(RESOURCE)) {
            return read(RESOURCE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new GateException("the jar's own " + RESOURCE + " can't be read: " + e.getMessage(), e);
        }
    }

    /** All limits of the text; {@code name} is what messages call it. */
    static List<Limit> read(String name, String text) {
        JsonNode root = JsonFiles.array(name, JsonFiles.parse(name, text));
        List<Limit> limits = new ArrayList<>();
        for (JsonNode node : root) {
            Limit limit = limit(name + ", limit " + (limits.size() + 1), node);
            for (Limit other : limits) {
                if (other.benchmark().equals(limit.benchmark()) && other.params().equals(limit.params())) {
                    throw new GateException(
                            name + " has two limits for " + limit.benchmark() + " " + limit.paramText());
                }
            }
            limits.add(limit);
        }
        if (limits.isEmpty()) {
            throw new GateException(name + " has no limit: there is nothing to judge");
        }
        return List.copyOf(limits);
    }

    private static Limit limit(String name, JsonNode node) {
        String benchmark = JsonFiles.text(name, node, "benchmark");
        String where = name + " (" + benchmark + ")";
        node.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                throw new GateException(where + ": \"" + field + "\" is not known; known are " + FIELDS);
            }
        });
        double ceiling = positive(where + ": bytesPerOperation", node.get("bytesPerOperation"));
        return new Limit(benchmark, JsonFiles.texts(where, node, "params"), floors(where, node.path("floors")),
                ceiling);
    }

    private static SortedMap<Integer, Double> floors(String where, JsonNode node) {
        SortedMap<Integer, Double> floors = new TreeMap<>();
        node.properties().forEach(entry -> {
            if (!entry.getKey().matches("[1-9][0-9]{1,4}")) {
                throw new GateException(
                        where + ": floors are named by a width in bits, not \"" + entry.getKey() + "\"");
            }
            floors.put(Integer.valueOf(entry.getKey()),
                    positive(where + ": floor " + entry.getKey(), entry.getValue()));
        });
        if (floors.isEmpty()) {
            throw new GateException(where + " has no floors");
        }
        return floors;
    }

    private static double positive(String where, JsonNode node) {
        double value = JsonFiles.number(where, node);
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new GateException(where + " must be above zero, but is " + value);
        }
        return value;
    }
}
