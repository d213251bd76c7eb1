package dev.lanewise.benchmarks.gate;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.SortedMap;
import java.util.TreeMap;

/** JSON with messages that name the file, the line and what was expected. */
final class JsonFiles {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonFiles() {}

    /** The one value of the text; {@code name} is what messages call it. */
    static JsonNode parse(String name, String text) {
        if (text.isBlank()) {
            throw new GateException(name + " is empty: the run that should have written it did not finish");
        }
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw new GateException(
                    name + where + " is not JSON, or was cut short: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
    }

    /** A field that must be there and be text. */
    static String text(String name, JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null || !value.isTextual()) {
            throw new GateException(name + ": \"" + field + "\" must be text, but is " + value);
        }
        return value.textValue();
    }

    /** A number, also where JMH wrote {@code "NaN"} or an infinity as text. */
    static double number(String name, JsonNode value) {
        if (value != null && value.isNumber()) {
            return value.doubleValue();
        }
        String text = value == null ? "" : value.asText();
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw new GateException(name + " must be a number, but is " + value);
        };
    }

    /** An object of texts; a missing field is an empty one. */
    static SortedMap<String, String> texts(String name, JsonNode node, String field) {
        SortedMap<String, String> map = new TreeMap<>();
        JsonNode object = node.get(field);
        if (object == null) {
            return map;
        }
        if (!object.isObject()) {
            throw new GateException(name + ": \"" + field + "\" must be an object, but is " + object);
        }
        object.properties().forEach(entry -> map.put(entry.getKey(), text(name, object, entry.getKey())));
        return map;
    }

    /** An array that must be there. */
    static JsonNode array(String name, JsonNode value) {
        if (value == null || !value.isArray()) {
            throw new GateException(
                    name + " must be an array, but is " + (value == null ? "missing" : value.getNodeType()));
        }
        return value;
    }
}
