package io.longhaul.tools.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.json.WalkedPointer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;

/** Searches params for values that PostgreSQL cannot store, so that the submit is refused and not the insert. */
final class StorableParams {
    /** Java's operations on numbers with more digits than this are slow. */
    private static final int LONG = 1_000;

    private final long mostZeros;
    private final WalkedPointer pointer = new WalkedPointer();
    private long zeros;
    private long values;
    private boolean longNumbers;

    /** {@code mostZeros} bounds the zeros for which the exponents of all numbers stand together. */
    StorableParams(long mostZeros) {
        this.mostZeros = mostZeros;
    }

    /**
     * The first place that cannot be stored, or null; recursion is bounded by the nesting that the JSON reader allows.
     */
    ParamError firstError(JsonNode params) {
        return look(params);
    }

    /** The number of values in all. */
    long values() {
        return values;
    }

    /**
     * The params for the check against a schema: the same, without the zeros at the end of a very long fraction. Java
     * removes them one by one to find out whether a number is whole, which takes some ten seconds for the longest.
     */
    JsonNode checkable(JsonNode params) {
        return longNumbers ? checkableCopy(params) : params;
    }

    private static JsonNode checkableCopy(JsonNode node) {
        if (node.isObject()) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(member -> copy.set(member.getKey(), checkableCopy(member.getValue())));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode(node.size());
            node.forEach(element -> copy.add(checkableCopy(element)));
            return copy;
        }
        return node.isBigDecimal() && node.decimalValue().precision() > LONG
                ? DecimalNode.valueOf(withoutZeros(node.decimalValue()))
                : node;
    }

    private static BigDecimal withoutZeros(BigDecimal number) {
        String digits = number.unscaledValue().toString();
        int zeros = 0;
        while (zeros < number.scale() && digits.charAt(digits.length() - 1 - zeros) == '0') {
            zeros++;
        }
        return new BigDecimal(number.unscaledValue().divide(BigInteger.TEN.pow(zeros)), number.scale() - zeros);
    }

    private ParamError look(JsonNode node) {
        values++;
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
        longNumbers |= number.scale() > 0 && number.precision() > LONG;
        zeros += Storable.zeros(number);
        return zeros > mostZeros
                ? error(
                        "and the numbers before it make the params too large when written out, as PostgreSQL does (1e1000"
                                + " counts 1,001 bytes): send them as strings")
                : null;
    }

    private ParamError lookInObject(JsonNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (Storable.firstUnstorable(field.getKey()) >= 0) {
                return error("has a name that holds a NUL character or half a surrogate pair: rename it");
            }
            ParamError error = lookBelow(pointer.down(field.getKey()), field.getValue());
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
                values++;
                continue;
            }
            ParamError error = lookBelow(pointer.down(i), element);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private ParamError lookBelow(int above, JsonNode node) {
        ParamError error = look(node);
        pointer.back(above);
        return error;
    }

    private ParamError error(String message) {
        return new ParamError(pointer.toString(), message);
    }
}
