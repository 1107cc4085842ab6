package io.longhaul.tools.http;

import io.longhaul.tools.settings.ParamPath;
import io.longhaul.tools.settings.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Named values with placeholders: a query, a form, headers. A field is left out when a param it names is absent.
 *
 * @param joinArrays whether an array becomes one field with commas between its elements, instead of several fields
 */
record FieldTemplates(Map<String, Template> templates, boolean joinArrays) {
    static FieldTemplates parse(String setting, Map<String, String> texts, boolean joinArrays) {
        Map<String, Template> templates = new LinkedHashMap<>();
        texts.forEach((name, text) -> templates.put(name, Template.parse(setting + " " + name, text)));
        return new FieldTemplates(templates, joinArrays);
    }

    /** A filled field. */
    record Field(String name, String value) {}

    List<Field> fill(PlaceholderValues values) {
        List<Field> fields = new ArrayList<>();
        templates.forEach((name, template) -> {
            List<String> filled = template.fill(values.tree());
            if (joinArrays && filled.size() > 1) {
                fields.add(new Field(name, String.join(",", filled)));
            } else {
                filled.forEach(value -> fields.add(new Field(name, value)));
            }
        });
        return fields;
    }

    /** {@code a=1&b=2}. */
    static String encoded(List<Field> fields) {
        return String.join(
                "&",
                fields.stream()
                        .map(field -> UrlTemplate.encoded(field.name()) + "=" + UrlTemplate.encoded(field.value()))
                        .toList());
    }

    Stream<ParamPath> paths() {
        return templates.values().stream().flatMap(Template::paths);
    }
}
