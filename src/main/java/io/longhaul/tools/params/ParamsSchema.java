package io.longhaul.tools.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.NodePath;
import io.longhaul.tools.params.Evaluation.TooLong;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The compiled JSON Schema (2020-12) of one tool's params. Immutable and thread-safe. */
public final class ParamsSchema {
    private static final SchemaRegistryConfig CONFIG = SchemaRegistryConfig.builder()
            .locale(Locale.ENGLISH)
            .formatAssertionsEnabled(false)
            .regularExpressionFactory(SchemaPattern::new)
            .build();

    /** Third-party schemas often name an older dialect in {@code $schema}. */
    private static final Map<String, Dialect> DIALECTS = Stream.of(
                    Dialects.getDraft4(),
                    Dialects.getDraft6(),
                    Dialects.getDraft7(),
                    Dialects.getDraft201909(),
                    Dialects.getDraft202012())
            .map(dialect -> Dialect.builder(dialect)
                    .keyword(new UniqueItems())
                    .keyword(new MultipleOf())
                    // Not checked here, but meant for others: without them the validator warns of each schema that has
                    // them.
                    .keyword(new NonValidationKeyword("x-mcp-header"))
                    .keyword(new NonValidationKeyword("enumNames"))
                    .build())
            .collect(Collectors.toUnmodifiableMap(Dialect::getId, dialect -> dialect));

    /** Keywords about an object or array that do not depend on the values of its members. */
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

    /** Keywords by which one value decides which schema another has to match. */
    private static final Set<String> CHOICES =
            Set.of("/anyOf", "/oneOf", "/not", "/if", "/then", "/else", "/contains", "/dependentSchemas");

    /** Meta-schemas by dialect. */
    private static final Map<String, Schema> OF_SCHEMAS = new ConcurrentHashMap<>();

    /** Null if the schema accepts everything. */
    private final Schema schema;

    private final long weight;

    private ParamsSchema(Schema schema, long weight) {
        this.schema = schema;
        this.weight = weight;
    }

    /**
     * Compiles a schema.
     *
     * @throws ToolConfigurationException if it is not a valid schema or refers to anything outside itself
     */
    public static ParamsSchema compile(JsonNode schema) {
        if ((schema.isObject() && schema.isEmpty()) || schema.equals(BooleanNode.TRUE)) {
            return new ParamsSchema(null, 0);
        }
        try {
            long weight = SchemaTrial.measure(schema);
            SpecificationVersion dialect = dialect(schema);
            checkAgainst(OF_SCHEMAS.computeIfAbsent(dialect.getDialectId(), ParamsSchema::ofSchemas), schema);
            SchemaTrial trial = SchemaTrial.of(schema);
            // A registry for each schema, so that no schema knows the $id of another.
            Schema compiled = registry(dialect.getDialectId()).getSchema(schema);
            compiled.initializeValidators();
            trial.run(compiled);
            return new ParamsSchema(compiled, weight);
        } catch (SchemaException | IllegalArgumentException e) {
            throw invalid(firstLine(e.getMessage()), e);
        } catch (SchemaTrial.Refused | TooLong e) {
            throw invalid(e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw invalid("it is nested too deep or refers to itself without end", e);
        }
    }

    /** Estimate of the memory that it takes, in bytes. */
    public long weight() {
        return weight;
    }

    /**
     * Checks params.
     *
     * @return at most 100 errors, or fewer if the names in the params are very long
     */
    public List<ParamError> check(JsonNode params) {
        return check(params, MissingNode.getInstance(), Storable.MOST_ZEROS);
    }

    /**
     * Checks params of which some places are not known yet.
     *
     * @param unknown true in each place that will hold another value, below the names and indexes that lead to it; missing
     *     if there is none
     * @param mostZeros how many zeros the exponents of all numbers may stand for together
     * @return errors that no value in those places can cure, at most 100
     */
    public List<ParamError> check(JsonNode params, JsonNode unknown, long mostZeros) {
        try {
            StorableParams storable = new StorableParams(mostZeros);
            ParamError unstorable = storable.firstError(params);
            if (unstorable != null) {
                return List.of(unstorable);
            }
            return schema == null
                    ? List.of()
                    : errors(
                            Evaluation.of(schema, storable.checkable(params), storable.values()).stream()
                                    .filter(error -> unknown.isMissingNode() || holdsAnyway(error, unknown))
                                    .toList(),
                            schema.getSchemaNode());
        } catch (TooLong e) {
            return List.of(new ParamError("", e.getMessage()));
        } catch (StackOverflowError e) {
            // A recursive schema recurses as deep as the params, with some dozen frames a level.
            return List.of(new ParamError("", "is nested too deep to be checked: flatten it"));
        }
    }

    private static boolean holdsAnyway(Error error, JsonNode unknown) {
        JsonNode place = along(error.getInstanceLocation(), unknown);
        boolean touched = place.isBoolean() || (place.isObject() && !OF_NAMES_OR_NUMBER.contains(error.getKeyword()));
        return !touched && CHOICES.stream().noneMatch(error.getEvaluationPath().toString()::contains);
    }

    /** What is unknown at a place: true if it or a place above it is, an object if some places below are. */
    private static JsonNode along(NodePath place, JsonNode unknown) {
        if (place.getParent() == null) {
            return unknown;
        }
        JsonNode above = along(place.getParent(), unknown);
        return above.isBoolean() ? above : above.path(place.getName(-1));
    }

    private static SpecificationVersion dialect(JsonNode schema) {
        JsonNode named = schema.path("$schema");
        if (named.isMissingNode()) {
            return SpecificationVersion.DRAFT_2020_12;
        }
        return dialect(named.asText())
                .orElseThrow(() -> invalid(
                        "its $schema is " + named + ": leave it out, or write "
                                + SpecificationVersion.DRAFT_2020_12.getDialectId(),
                        null));
    }

    /** The ids of the older dialects end in a hash, which is often left out. */
    static Optional<SpecificationVersion> dialect(String named) {
        String id = named.replaceFirst("#$", "");
        return SpecificationVersion.fromDialectId(id).or(() -> SpecificationVersion.fromDialectId(id + "#"));
    }

    private static void checkAgainst(Schema metaSchema, JsonNode schema) throws TooLong {
        List<ParamError> errors = errors(Evaluation.of(metaSchema, schema, 0), MissingNode.getInstance());
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

    /** @param root the schema, to find the names of params that were probably meant */
    private static List<ParamError> errors(Collection<Error> messages, JsonNode root) {
        ParamErrors errors = new ParamErrors();
        for (Error message : messages) {
            if (errors.isFull()) {
                break;
            }
            errors.add(
                    message.getInstanceLocation().toString(), message.getMessage() + MistypedParam.hint(message, root));
        }
        return errors.list();
    }

    private static Schema ofSchemas(String dialect) {
        return registry(dialect).getSchema(SchemaLocation.of(dialect));
    }

    private static SchemaRegistry registry(String dialect) {
        return SchemaRegistry.builder()
                .defaultDialectId(dialect)
                .dialectRegistry((id, registry) -> DIALECTS.get(id))
                .schemaRegistryConfig(CONFIG)
                .schemaLoader(loader -> loader.allow(ParamsSchema::isInJar))
                .build();
    }

    /** Allows only the dialects in the validator's jar; nothing is ever fetched, and no other file is read. */
    private static boolean isInJar(AbsoluteIri iri) {
        String text = iri.toString();
        return text.startsWith("https://json-schema.org/draft/") || text.startsWith("http://json-schema.org/draft-0");
    }
}
