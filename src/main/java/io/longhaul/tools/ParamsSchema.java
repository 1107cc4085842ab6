package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaException;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.resource.ClasspathSchemaLoader;
import com.networknt.schema.resource.DisallowSchemaLoader;
import com.networknt.schema.resource.SchemaLoader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The compiled JSON Schema (2020-12) of one tool's params. Immutable; serves all threads. */
final class ParamsSchema {
    /** More would only make the answer long. */
    private static final int MOST_ERRORS = 100;

    private static final int LONGEST_MESSAGE = 500;

    private static final SchemaValidatorsConfig CONFIG = SchemaValidatorsConfig.builder()
            .pathType(PathType.JSON_POINTER)
            .locale(Locale.ENGLISH)
            .formatAssertionsEnabled(false)
            .build();

    /** What holds of an object or array whatever its members are. */
    private static final Set<String> OF_NAMES_OR_NUMBER = Set.of(
            "required",
            "additionalProperties",
            "type",
            "minProperties",
            "maxProperties",
            "minItems",
            "maxItems",
            "propertyNames",
            "dependentRequired");

    /** Where one value decides which schema another has to match. */
    private static final Set<String> CHOICES =
            Set.of("/anyOf", "/oneOf", "/not", "/if", "/then", "/else", "/contains", "/dependentSchemas");

    /** One per dialect: schemas that come from elsewhere often name an older one in {@code $schema}. */
    private static final Map<VersionFlag, JsonSchemaFactory> FACTORIES = new ConcurrentHashMap<>();

    /** Null when everything is accepted. */
    private final JsonSchema schema;

    private ParamsSchema(JsonSchema schema) {
        this.schema = schema;
    }

    /**
     * Compiles a schema.
     *
     * @param schema JSON Schema (2020-12)
     * @return the check
     * @throws ToolConfigurationException if it is no valid schema or refers to anything outside itself
     */
    static ParamsSchema compile(JsonNode schema) {
        if ((schema.isObject() && schema.isEmpty()) || schema.equals(BooleanNode.TRUE)) {
            return new ParamsSchema(null);
        }
        VersionFlag dialect = dialect(schema);
        JsonSchemaFactory factory = FACTORIES.computeIfAbsent(dialect, ParamsSchema::factory);
        try {
            checkAgainst(factory.getSchema(SchemaLocation.of(dialect.getId()), CONFIG), schema);
            JsonSchema compiled = factory.getSchema(schema, CONFIG);
            compiled.initializeValidators();
            return new ParamsSchema(compiled);
        } catch (JsonSchemaException | IllegalArgumentException e) {
            throw invalid(firstLine(e.getMessage()), e);
        } catch (StackOverflowError e) {
            throw invalid("it is nested too deep or refers to itself without end", e);
        }
    }

    /**
     * Checks params.
     *
     * @param params any JSON
     * @return what is wrong, at most 100 places; empty if nothing is
     */
    List<ParamError> check(JsonNode params) {
        try {
            ParamError unstorable = StorableParams.firstError(params);
            if (unstorable != null) {
                return List.of(unstorable);
            }
            return schema == null ? List.of() : errors(schema.validate(params));
        } catch (StackOverflowError e) {
            // A recursive schema goes as deep as the params do, some dozen frames a level.
            return List.of(new ParamError("", "is nested too deep to be checked: flatten it"));
        }
    }

    /**
     * Checks what is known of params.
     *
     * @param params any JSON
     * @param unknown JSON pointers to places that will hold something else
     * @return what is wrong whatever that will be, at most 100 places
     */
    List<ParamError> check(JsonNode params, Collection<String> unknown) {
        if (unknown.isEmpty()) {
            return check(params);
        }
        try {
            ParamError unstorable = StorableParams.firstError(params);
            if (unstorable != null) {
                return List.of(unstorable);
            }
            return schema == null
                    ? List.of()
                    : errors(schema.validate(params).stream()
                            .filter(message -> holdsAnyway(message, unknown))
                            .toList());
        } catch (StackOverflowError e) {
            return List.of(new ParamError("", "is nested too deep to be checked: flatten it"));
        }
    }

    private static boolean holdsAnyway(ValidationMessage message, Collection<String> unknown) {
        String at = message.getInstanceLocation().toString();
        boolean touched = unknown.stream()
                .anyMatch(place -> at.equals(place)
                        || at.startsWith(place + "/")
                        || (place.startsWith(at + "/") && !OF_NAMES_OR_NUMBER.contains(message.getType())));
        return !touched
                && CHOICES.stream().noneMatch(message.getEvaluationPath().toString()::contains);
    }

    private static VersionFlag dialect(JsonNode schema) {
        JsonNode named = schema.path("$schema");
        if (named.isMissingNode()) {
            return VersionFlag.V202012;
        }
        String id = named.asText().replaceFirst("#$", "");
        // The ids of the older dialects end in a hash, which people leave out.
        return VersionFlag.fromId(id)
                .or(() -> VersionFlag.fromId(id + "#"))
                .orElseThrow(() -> invalid(
                        "its $schema is " + named + ": leave it out, or write " + VersionFlag.V202012.getId(), null));
    }

    private static void checkAgainst(JsonSchema metaSchema, JsonNode schema) {
        List<ParamError> errors = errors(metaSchema.validate(schema));
        if (!errors.isEmpty()) {
            ParamError first = errors.get(0);
            throw invalid("at '" + first.pointer() + "': " + first.message(), null);
        }
    }

    private static ToolConfigurationException invalid(String why, Throwable cause) {
        return new ToolConfigurationException("params is no valid JSON Schema (2020-12): " + why, cause);
    }

    private static String firstLine(String message) {
        return message == null ? "unknown reason" : message.lines().findFirst().orElse("");
    }

    private static List<ParamError> errors(Collection<ValidationMessage> messages) {
        if (messages.isEmpty()) {
            return List.of();
        }
        List<ParamError> errors = new ArrayList<>();
        for (ValidationMessage message : messages) {
            if (errors.size() == MOST_ERRORS) {
                break;
            }
            String text = message.getError();
            errors.add(new ParamError(
                    message.getInstanceLocation().toString(),
                    Storable.text(
                            text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) + "..." : text)));
        }
        return List.copyOf(errors);
    }

    private static JsonSchemaFactory factory(VersionFlag dialect) {
        return JsonSchemaFactory.getInstance(
                dialect, factory -> factory.schemaLoaders(loaders -> loaders.values(ParamsSchema::fetchNothing)));
    }

    /** The dialects come from the validator's jar; nothing is ever fetched, and no other file is read. */
    private static void fetchNothing(List<SchemaLoader> loaders) {
        SchemaLoader jar = new ClasspathSchemaLoader();
        loaders.clear();
        loaders.add(iri -> iri.toString().startsWith("classpath:draft") ? jar.getSchema(iri) : null);
        loaders.add(DisallowSchemaLoader.getInstance());
    }
}
