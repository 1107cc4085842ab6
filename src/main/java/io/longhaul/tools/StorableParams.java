package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Map;

/** Looks for what PostgreSQL could not keep of the params, so that the submitter hears it and not the insert. */
final class StorableParams {
    private final StringBuilder pointer = new StringBuilder();
    private long zeros;

    private StorableParams() {}

    /** The first place that cannot be stored, or null; recursion is bounded by the nesting the JSON reader allows. */
    static ParamError firstError(JsonNode params) {
        return new StorableParams().look(params);
    }

    private ParamError look(JsonNode node) {
        if (node.isObject()) {
            return lookInObject(node);
        }
        if (node.isArray()) {
            return lookInArray(node);
        }
        if (node.isTextual()) {
            return Storable.firstUnstorable(node.textValue()) < 0
                    ? null
                    : error("holds a NUL character or half a surrogate pair: remove it");
        }
        if (node.isBigInteger()) {
            return lookAtNumber(new BigDecimal(node.bigIntegerValue()));
        }
        return node.isBigDecimal() ? lookAtNumber(node.decimalValue()) : null;
    }

    private ParamError lookAtNumber(BigDecimal number) {
        if (!Storable.fits(number)) {
            return error("has more digits than can be stored: send it as a string");
        }
        zeros += Storable.zeros(number);
        return Storable.isTooLong(zeros)
                ? error("and the numbers before it are too long in all when written out: send them as strings")
                : null;
    }

    private ParamError lookInObject(JsonNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (Storable.firstUnstorable(field.getKey()) >= 0) {
                return error("has a name that holds a NUL character or half a surrogate pair: rename it");
            }
            ParamError error = lookBelow(field.getKey(), field.getValue());
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private ParamError lookInArray(JsonNode array) {
        for (int i = 0; i < array.size(); i++) {
            JsonNode element = array.get(i);
            if (element.isBoolean() || element.isInt() || element.isNull()) {
                continue;
            }
            ParamError error = lookBelow(Integer.toString(i), element);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private ParamError lookBelow(String segment, JsonNode node) {
        int length = pointer.length();
        pointer.append('/').append(segment.replace("~", "~0").replace("/", "~1"));
        ParamError error = look(node);
        pointer.setLength(length);
        return error;
    }

    private ParamError error(String message) {
        return new ParamError(pointer.toString(), message);
    }
}
