package io.longhaul.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.tools.spi.Answer;

/**
 * A question of a job's tool. Times are ISO-8601 with offset.
 *
 * @param key names it within the job
 * @param message what people are asked
 * @param schema JSON Schema of the answer's content, or null if any JSON is right
 * @param mcp the request that MCP clients get; null and left out if it is made of message and schema
 * @param attempt the attempt that asked it last
 * @param askedAt when it was first asked
 * @param expiresAt until when it can be answered
 * @param answer the answer, or null
 * @param answeredAt time of the answer, or null
 * @param answeredBy who answered, or null
 */
@JsonNaming(SnakeCaseStrategy.class)
public record InputRepresentation(
        String key,
        String message,
        JsonNode schema,
        @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode mcp,
        int attempt,
        String askedAt,
        String expiresAt,
        GivenAnswer answer,
        String answeredAt,
        String answeredBy) {
    /**
     * The answer to a question.
     *
     * @param action what somebody did with the question
     * @param content the answer itself; null unless accepted
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record GivenAnswer(
            @Shape(values = {"accept", "decline", "cancel"}) String action, JsonNode content) {
        static GivenAnswer of(Answer answer) {
            return answer == null ? null : new GivenAnswer(answer.action().label(), answer.content());
        }
    }

    public static InputRepresentation of(StoredQuestion question) {
        return new InputRepresentation(
                question.row().key(),
                question.message(),
                question.schema(),
                question.mcp(),
                question.row().attempt(),
                Times.iso(question.row().askedAt()),
                Times.iso(question.row().expiresAt()),
                GivenAnswer.of(question.answer()),
                Times.iso(question.row().answeredAt()),
                question.row().answeredBy());
    }
}
