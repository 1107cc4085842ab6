package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.console.FormData;
import io.longhaul.console.forms.Field;
import io.longhaul.console.forms.SchemaForm;
import io.longhaul.questions.StoredQuestion;
import java.util.List;

/**
 * A question of a job's tool that somebody is to answer.
 *
 * @param key names it within the job
 * @param message what people are asked
 * @param fields the members of the answer; empty if it is entered as JSON
 * @param json the answer as JSON, where it has no fields
 * @param refused why an answer was refused, or null
 * @param errors what is wrong with it and belongs to no field
 */
public record QuestionView(
        String key, String message, List<Field> fields, String json, String refused, List<FieldError> errors) {
    private static final String CONTENT = "/content";

    static QuestionView of(StoredQuestion question, int place) {
        SchemaForm form = form(question, place);
        return new QuestionView(
                question.row().key(),
                question.message(),
                form.filled(MissingNode.getInstance(), null),
                "",
                null,
                List.of());
    }

    /** As it was answered, with the reason why that was refused. */
    static QuestionView refused(StoredQuestion question, int place, FormData sent, Refusal refusal) {
        SchemaForm form = form(question, place);
        return new QuestionView(
                question.row().key(),
                question.message(),
                form.sent(sent, null, refusal.errors()),
                sent.text("json"),
                refusal.message(),
                refusal.errors().stream().filter(error -> !form.shows(error)).toList());
    }

    /** The body of the request that answers it. */
    static String body(StoredQuestion question, FormData sent) {
        if (!sent.text("action").isEmpty()) {
            return "{\"action\":\"" + (sent.text("action").equals("decline") ? "decline" : "cancel") + "\"}";
        }
        SchemaForm form = form(question, 0);
        String content = form.hasFields() ? form.json(sent) : SchemaForm.valueOf(sent.text("json"));
        return "{\"content\":" + content + "}";
    }

    private static SchemaForm form(StoredQuestion question, int place) {
        JsonNode schema = question.schema() == null ? MissingNode.getInstance() : question.schema();
        return new SchemaForm(schema, "q" + place, CONTENT);
    }
}
