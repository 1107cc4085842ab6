package io.longhaul.api.description;

import io.longhaul.api.description.ClientTypes.Member;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Objects as interfaces, which are gone when the program runs. */
final class TypeScriptTypes implements ClientTypes.Language {
    private static final Map<String, String> SIMPLE = Map.of(
            "",
            "any",
            "string",
            "string",
            "integer",
            "number",
            "number",
            "number",
            "boolean",
            "boolean",
            "object",
            "Record<string, any>");

    @Override
    public String head() {
        return "// The objects of the API. Made from its description by OpenApiTest: do not change this file.\n";
    }

    @Override
    public String simple(String type) {
        return SIMPLE.get(type);
    }

    @Override
    public String oneOf(List<String> values) {
        return values.stream().map(value -> '"' + value + '"').collect(Collectors.joining(" | "));
    }

    @Override
    public String list(String type) {
        return type.contains("|") ? "(" + type + ")[]" : type + "[]";
    }

    @Override
    public String orNull(String type) {
        return type + " | null";
    }

    @Override
    public String object(String name, String description, List<Member> members) {
        return "\n" + comment("", description) + "export interface " + name + " {\n"
                + members.stream().map(TypeScriptTypes::declared).collect(Collectors.joining()) + "}\n";
    }

    private static String declared(Member member) {
        return comment("  ", member.description()) + "  " + member.name() + (member.required() ? "" : "?") + ": "
                + member.type() + ";\n";
    }

    private static String comment(String indent, String text) {
        return text.isEmpty() ? "" : indent + "/** " + text + " */\n";
    }
}
