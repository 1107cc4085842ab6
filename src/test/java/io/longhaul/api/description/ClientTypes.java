package io.longhaul.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes the types of the clients in {@code src/clients} from the description of the API. */
final class ClientTypes {
    /** What methods of the clients take and give; what these consist of is added. */
    private static final List<String> BEGIN = List.of(
            "BatchAnswer",
            "CancelAnswer",
            "Delivery",
            "FeedEventSummary",
            "File",
            "InputGiven",
            "Job",
            "JobFiles",
            "JobInputs",
            "JobLinesResult",
            "JobList",
            "JobLog",
            "JobRequest",
            "Problem",
            "Redelivered",
            "Schedule",
            "ScheduleChange",
            "ScheduleRequest",
            "ToolList",
            "Webhook",
            "WebhookChange",
            "WebhookRequest");

    /** Writes types down. */
    interface Language {
        /** The beginning of the file. */
        String head();

        /** The name of a simple type of JSON, or of any JSON for an empty text. */
        String simple(String type);

        /** One of several texts. */
        String oneOf(List<String> values);

        /** Many of a type. */
        String list(String type);

        /** A type, or null. */
        String orNull(String type);

        /** An object. */
        String object(String name, String description, List<Member> members);
    }

    /**
     * A member of an object.
     *
     * @param name in JSON
     * @param type as the language writes it
     * @param required whether it is always there
     * @param description for people
     */
    record Member(String name, String type, boolean required, String description) {}

    private final JsonNode schemas;
    private final Language language;

    private ClientTypes(JsonNode document, Language language) {
        this.schemas = document.at("/components/schemas");
        this.language = language;
    }

    /** The file of types. */
    static String of(JsonNode document, Language language) {
        ClientTypes types = new ClientTypes(document, language);
        return language.head() + types.names().stream().map(types::object).collect(Collectors.joining());
    }

    private Set<String> names() {
        Set<String> all = new TreeSet<>();
        Deque<String> found = new ArrayDeque<>(BEGIN);
        while (!found.isEmpty()) {
            String name = found.pop();
            if (all.add(name)) {
                schemas.path(name).findValuesAsText("$ref").forEach(ref -> found.push(named(ref)));
            }
        }
        return all;
    }

    private static String named(String ref) {
        return ref.substring(ref.lastIndexOf('/') + 1);
    }

    private String object(String name) {
        JsonNode schema = schemas.path(name);
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(member -> required.add(member.asText()));
        List<Member> members = new ArrayList<>();
        schema.path("properties")
                .properties()
                .forEach(each -> members.add(new Member(
                        each.getKey(),
                        type(each.getValue()),
                        required.contains(each.getKey()),
                        each.getValue().path("description").asText())));
        return language.object(name, schema.path("description").asText(), members);
    }

    private String type(JsonNode schema) {
        if (schema.has("anyOf")) {
            return language.orNull(type(schema.path("anyOf").path(0)));
        }
        if (schema.has("$ref")) {
            return named(schema.path("$ref").asText());
        }
        JsonNode type = schema.path("type");
        return type.isArray() ? language.orNull(type(schema, type.path(0).asText())) : type(schema, type.asText());
    }

    private String type(JsonNode schema, String type) {
        if (schema.has("enum")) {
            return language.oneOf(schema.path("enum")
                    .valueStream()
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::asText)
                    .toList());
        }
        return type.equals("array") ? language.list(type(schema.path("items"))) : language.simple(type);
    }
}
