package io.longhaul.tools.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Text with <code>{name}</code> placeholders; <code>{{</code> and <code>}}</code> stand for braces.
 *
 * @param source as configured, for messages
 * @param parts literal text and placeholders in turn
 */
public record Template(String source, List<Part> parts) {

    public sealed interface Part {
        /** Literal text, with single braces. */
        record Literal(String text) implements Part {}

        /** A placeholder for the value of a param. */
        record Placeholder(ParamPath path) implements Part {}
    }

    /**
     * Reads a template.
     *
     * @param where names the text in messages: "command element"
     * @throws ToolConfigurationException if a brace has no partner or a placeholder is not a param's name
     */
    public static Template parse(String where, String source) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            if ((c == '{' || c == '}') && source.startsWith(String.valueOf(c), at + 1)) {
                literal.append(c);
                at += 2;
            } else if (c == '{') {
                int end = source.indexOf('}', at);
                addLiteral(parts, literal);
                parts.add(new Part.Placeholder(ParamPath.parse(inner(where, source, at, end), where, source)));
                at = end + 1;
            } else if (c == '}') {
                throw stray(where, source);
            } else {
                literal.append(c);
                at++;
            }
        }
        addLiteral(parts, literal);
        return new Template(source, List.copyOf(parts));
    }

    private static String inner(String where, String source, int start, int end) {
        if (end < 0) {
            throw stray(where, source);
        }
        return source.substring(start + 1, end);
    }

    private static ToolConfigurationException stray(String where, String source) {
        return new ToolConfigurationException(
                "%s '%s' has a brace without partner: write {{ or }} for a literal brace".formatted(where, source));
    }

    private static void addLiteral(List<Part> parts, StringBuilder literal) {
        if (!literal.isEmpty()) {
            parts.add(new Part.Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    /** The params that placeholders name, in their order. */
    public Stream<ParamPath> paths() {
        return parts.stream().filter(Part.Placeholder.class::isInstance).map(part -> ((Part.Placeholder) part).path());
    }

    /** True for {@code {name}} alone, so that an array becomes several values. */
    public boolean isPlaceholder() {
        return parts.size() == 1 && parts.get(0) instanceof Part.Placeholder;
    }

    /** True for {@code {name}...}: a param decides the first character and could make the argument an option. */
    public boolean startsWithParam() {
        return !parts.isEmpty() && parts.get(0) instanceof Part.Placeholder;
    }

    /**
     * Fills the placeholders.
     *
     * @return empty if a named param is absent, null or, alone in its element, an empty array
     */
    public List<String> fill(JsonNode params) {
        if (isPlaceholder()) {
            JsonNode value = paths().findFirst().orElseThrow().in(params);
            return isAbsent(value) ? List.of() : values(value);
        }
        if (paths().anyMatch(path -> isAbsent(path.in(params)))) {
            return List.of();
        }
        StringBuilder argument = new StringBuilder();
        for (Part part : parts) {
            argument.append(
                    part instanceof Part.Placeholder placeholder
                            ? text(placeholder.path().in(params))
                            : ((Part.Literal) part).text());
        }
        return List.of(argument.toString());
    }

    /** Returns true for a missing value and for null. */
    public static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static List<String> values(JsonNode value) {
        if (!value.isArray()) {
            return List.of(text(value));
        }
        List<String> texts = new ArrayList<>(value.size());
        value.forEach(element -> texts.add(text(element)));
        return texts;
    }

    /** A string's own text, otherwise JSON. */
    public static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : value.toString();
    }
}
