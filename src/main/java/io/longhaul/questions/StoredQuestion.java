package io.longhaul.questions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.sql.JobInputs;
import io.longhaul.tools.params.ParamError;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.params.ParamsSchema;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Answer;
import io.longhaul.tools.spi.Question;
import io.longhaul.tools.spi.UnansweredException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A question as it is stored, with its answer if it has one.
 *
 * @param row the row
 * @param message what people are asked
 * @param schema JSON Schema of the answer, or null
 * @param mcp the request that MCP clients get, or null
 */
public record StoredQuestion(JobInputs.Row row, String message, JsonNode schema, JsonNode mcp) {
    private static final int LARGEST = 65_536;
    private static final String MESSAGE = "message";
    private static final String SCHEMA = "schema";
    private static final String MCP = "mcp";
    private static final String ACTION = "action";
    private static final String CONTENT = "content";

    /** Reads a row. */
    public static StoredQuestion of(JobInputs.Row row) {
        JsonNode request = ParamsJson.parse(row.request());
        return new StoredQuestion(row, request.path(MESSAGE).asText(), request.get(SCHEMA), request.get(MCP));
    }

    /**
     * Makes the JSON that is stored.
     *
     * @throws IllegalArgumentException if the question cannot be asked
     */
    static String json(Question question) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put(MESSAGE, question.message());
        if (question.schema() != null) {
            try {
                var unused = ParamsSchema.compile(question.schema());
            } catch (ToolConfigurationException e) {
                throw new IllegalArgumentException(
                        "The question \"" + question.key() + "\" cannot be asked: its schema is wrong: "
                                + e.getMessage().replaceFirst("^params is no", "it is no"),
                        e);
            }
            request.set(SCHEMA, question.schema());
        }
        if (question.mcp() != null) {
            request.set(MCP, question.mcp());
        }
        return stored(question.key(), request.toString());
    }

    private static String stored(String key, String json) {
        if (json.length() > LARGEST) {
            throw new IllegalArgumentException("The question \"" + key + "\" cannot be asked: it has more than "
                    + LARGEST + " characters of JSON.");
        }
        try {
            return Storable.json(json);
        } catch (Storable.NotStorableException e) {
            throw new IllegalArgumentException(
                    "The question \"" + key + "\" cannot be asked: it " + e.getMessage() + ".", e);
        }
    }

    /** The errors of content as an answer, with pointers into it; none if it matches the schema. */
    public List<ParamError> check(JsonNode content) {
        return ParamsSchema.compile(schema == null ? JsonNodeFactory.instance.objectNode() : schema)
                .check(content);
    }

    /** The JSON of an answer as it is stored. */
    static String json(Answer answer) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put(ACTION, answer.action().label());
        if (answer.isAccepted()) {
            json.set(CONTENT, answer.content());
        }
        return json.toString();
    }

    /** The stored answer, or null. */
    public Answer answer() {
        if (row.answer() == null) {
            return null;
        }
        JsonNode json = ParamsJson.parse(row.answer());
        Answer.Action action = Answer.Action.valueOf(json.path(ACTION).asText().toUpperCase(Locale.ROOT));
        return new Answer(action, json.get(CONTENT));
    }

    /** True if it is answered, or its time is over. */
    public boolean isSettled() {
        return row.isAnswered() || row.expired();
    }

    /** True if this is the stored answer. */
    boolean hasAnswer(Answer other) {
        return row.answer() != null && ParamsJson.parse(json(other)).equals(ParamsJson.parse(row.answer()));
    }

    /** What becomes of the wait for an answer whose time is over. */
    public UnansweredException unanswered() {
        Duration waited = Duration.between(row.askedAt(), row.expiresAt());
        return new UnansweredException(
                "Nobody answered the question \"%s\" within %s. Retry the job and answer it with POST /v1/jobs/{id}/inputs/%s, or raise the timeout of the question or the tool's input.timeout."
                        .formatted(row.key(), text(waited), row.key()));
    }

    private static String text(Duration d) {
        return d.toHours() >= 1 && d.toSecondsPart() == 0 && d.toMinutesPart() == 0
                ? d.toHours() + " h"
                : d.toSeconds() + " s";
    }
}
