package io.longhaul.api.description;

import io.longhaul.api.description.ClientTypes.Member;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Objects as TypedDicts, which are dicts when the program runs. */
final class PythonTypes implements ClientTypes.Language {
    private static final Map<String, String> SIMPLE = Map.of(
            "",
            "Any",
            "string",
            "str",
            "integer",
            "int",
            "number",
            "Number",
            "boolean",
            "bool",
            "object",
            "Dict[str, Any]");

    @Override
    public String head() {
        return """
                \"""The objects of the API. Made from its description by OpenApiTest: do not change this file.\"""

                from __future__ import annotations

                from decimal import Decimal
                from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

                Number = Union[int, float, Decimal]
                """;
    }

    @Override
    public String simple(String type) {
        return SIMPLE.get(type);
    }

    @Override
    public String oneOf(List<String> values) {
        return "Literal[" + values.stream().map(value -> '"' + value + '"').collect(Collectors.joining(", ")) + "]";
    }

    @Override
    public String list(String type) {
        return "List[" + type + "]";
    }

    @Override
    public String orNull(String type) {
        return "Optional[" + type + "]";
    }

    /** Python before 3.11 has no word for a single member that may be left out. */
    @Override
    public String object(String name, String description, List<Member> members) {
        boolean hasRequired = members.stream().anyMatch(Member::required);
        if (members.stream().allMatch(Member::required)) {
            return declared(name, "TypedDict", description, members, member -> true);
        }
        String required = hasRequired
                ? declared("_" + name, "TypedDict", "What is always there.", members, Member::required)
                : "";
        String base = hasRequired ? "_" + name : "TypedDict";
        return required + declared(name, base + ", total=False", description, members, member -> !member.required());
    }

    private static String declared(
            String name, String base, String description, List<Member> members, Predicate<Member> which) {
        return "\n\nclass " + name + "(" + base + "):\n    \"\"\"" + description.replace("\\", "\\\\") + "\"\"\"\n\n"
                + members.stream()
                        .filter(which)
                        .map(each -> "    # " + each.description() + "\n    " + each.name() + ": " + each.type() + "\n")
                        .collect(Collectors.joining());
    }
}
