package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.jobs.ParamNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The members of params that the list offers as columns and filters.
 *
 * @param all those that are chosen, and the plain ones of the tool's schema
 */
public record ParamChoices(List<Choice> all) {
    private static final int MOST = 20;
    private static final Set<String> LARGE = Set.of("array", "object");

    /**
     * A member.
     *
     * @param name its name, without the prefix
     * @param column whether it has a column
     * @param value the value that it must have, or null
     */
    public record Choice(String name, boolean column, String value) {
        /** Its name in the address. */
        public String parameter() {
            return ParamNames.PREFIX + name;
        }
    }

    /** The members that a list has or may have; the schema is that of its only tool, or null. */
    static ParamChoices of(ListLayout layout, JsonNode schema) {
        Set<String> names = new LinkedHashSet<>(layout.columns());
        names.addAll(layout.values().keySet());
        if (schema != null) {
            schema.path("properties").properties().stream()
                    .filter(property -> isPlain(property.getKey(), property.getValue()))
                    .limit(MOST)
                    .forEach(property -> names.add(property.getKey()));
        }
        List<Choice> choices = new ArrayList<>();
        names.forEach(name -> choices.add(new Choice(
                name, layout.columns().contains(name), layout.values().get(name))));
        return new ParamChoices(choices);
    }

    private static boolean isPlain(String name, JsonNode described) {
        return !LARGE.contains(described.path("type").asText())
                && name.indexOf('.') < 0
                && name.indexOf(',') < 0
                && ParamNames.isOne(ParamNames.PREFIX + name);
    }

    /** True if one is chosen. */
    public boolean anyChosen() {
        return all.stream().anyMatch(choice -> choice.column() || choice.value() != null);
    }
}
