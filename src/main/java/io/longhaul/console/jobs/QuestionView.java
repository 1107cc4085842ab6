package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.console.FormData;
import io.longhaul.console.forms.Field;
import io.longhaul.console.forms.SchemaForm;
import io.longhaul.questions.StoredQuestion;
import java.util.List;
import java.util.Map;

/**
 * A question of a job's tool that somebody is to answer.
 *
 * @param key names it within the job
 * @param message what people are asked
 * @param fields the members of the answer, or one for all of it as JSON
 * @param refused why an answer was refused, as far as it stands at no field; null unless it was refused
 * @param over whether it takes no answer any more; its fields have what was sent
 */
public record QuestionView(String key, String message, List<Field> fields, String refused, boolean over) {
    private static final String CONTENT = "/content";

    /** Name of the only field where the question has no fields. */
    private static final String WHOLE = "json";

    static QuestionView of(StoredQuestion question, int place) {
        SchemaForm form = form(question, place);
        List<Field> fields =
                form.hasFields() ? form.filled(MissingNode.getInstance(), null) : List.of(whole(place, "", List.of()));
        return new QuestionView(question.row().key(), question.message(), fields, null, false);
    }

    /** As it was answered, with the reason why that was refused. */
    static QuestionView refused(StoredQuestion question, int place, FormData sent, Refusal refusal) {
        SchemaForm form = form(question, place);
        List<FieldError> wrong = refusal.errors();
        boolean isAllShown =
                !wrong.isEmpty() && (!form.hasFields() || wrong.stream().allMatch(form::shows));
        List<Field> fields =
                form.hasFields() ? form.sent(sent, null, wrong) : List.of(whole(place, sent.text(WHOLE), wrong));
        boolean over = refusal.code() != ErrorCode.INVALID_ANSWER;
        return new QuestionView(
                question.row().key(), question.message(), fields, isAllShown ? "" : refusal.message(), over);
    }

    private static Field whole(int place, String value, List<FieldError> wrong) {
        return new Field(
                "q" + place + "-json",
                WHOLE,
                "Answer",
                Field.Kind.JSON,
                true,
                "As JSON: a text stands in quotation marks.",
                Map.of(),
                value,
                null,
                wrong.stream()
                        .map(error -> (error.pointer().substring(CONTENT.length()) + " " + error.message()).strip())
                        .toList());
    }

    /** The fields in which something was sent. */
    public List<Field> typed() {
        return fields.stream().filter(field -> !field.value().isEmpty()).toList();
    }

    /** The fields with errors. */
    public List<Field> wrong() {
        return fields.stream().filter(Field::isWrong).toList();
    }

    /** The body of the request that answers it. */
    static String body(StoredQuestion question, FormData sent) {
        if (!sent.text("action").isEmpty()) {
            return "{\"action\":\"" + (sent.text("action").equals("decline") ? "decline" : "cancel") + "\"}";
        }
        SchemaForm form = form(question, 0);
        List<FieldError> unreadable = form.hasFields() ? form.unreadable(sent) : unreadable(sent.text(WHOLE));
        if (!unreadable.isEmpty()) {
            throw new RefusedException(ErrorCode.INVALID_ANSWER, "The answer cannot be read.", null, unreadable);
        }
        return "{\"content\":" + (form.hasFields() ? form.json(sent) : sent.text(WHOLE)) + "}";
    }

    private static List<FieldError> unreadable(String json) {
        String wrong = SchemaForm.notJson(json);
        return wrong == null ? List.of() : List.of(new FieldError(CONTENT, wrong));
    }

    private static SchemaForm form(StoredQuestion question, int place) {
        JsonNode schema = question.schema() == null ? MissingNode.getInstance() : question.schema();
        return new SchemaForm(schema, "q" + place, CONTENT);
    }
}
