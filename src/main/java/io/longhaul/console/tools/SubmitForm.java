package io.longhaul.console.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.console.FormData;
import io.longhaul.console.JsonText;
import io.longhaul.console.forms.Field;
import io.longhaul.console.forms.SchemaForm;
import io.longhaul.jobs.Job;
import io.longhaul.tools.RegisteredTool;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The form of a tool, and the submission that the API reads from it. */
final class SubmitForm {
    private static final String PARAMS = "/params";

    private static final int SHOWN = 1 << 20;

    private final RegisteredTool tool;
    private final SchemaForm params;

    SubmitForm(RegisteredTool tool) {
        this.tool = tool;
        this.params = new SchemaForm(tool.description().paramsSchema(), "p", PARAMS);
    }

    /** A form with the params of a former run, or an empty one for null. */
    ToolView.Form filled(Job former) {
        JsonNode before = former == null ? null : SchemaForm.parsed(former.params());
        JsonNode now = before == null ? SchemaForm.JSON.createObjectNode() : before;
        boolean fits = before == null || params.keeps(before);
        SubmitOptions options = SubmitOptions.of(former);
        return new ToolView.Form(
                new ToolView.Part(params.filled(now, null), options.fields("form", List.of())),
                new ToolView.Part(
                        List.of(json(former == null ? "{}" : JsonText.indented(former.params(), SHOWN), List.of())),
                        options.fields("json", List.of())),
                !params.hasFields() || !fits,
                null,
                former == null ? null : former.id().toString(),
                UUID.randomUUID().toString());
    }

    private static Field json(String value, List<String> errors) {
        return new Field("params", "params", "Params", Field.Kind.JSON, false, null, Map.of(), value, null, errors);
    }

    /** Refuses params that were sent as JSON and are none. */
    void requireJson(FormData form) {
        String json = form.text("params");
        String wrong = isRaw(form) && !json.isBlank() ? SchemaForm.notJson(json) : null;
        if (wrong != null) {
            refuse(ErrorCode.MALFORMED_JSON, List.of(new FieldError(PARAMS, wrong)));
        }
    }

    /** Refuses fields whose text is no value of their kind. */
    void requireReadable(FormData form) {
        List<FieldError> wrong = isRaw(form) ? List.of() : params.unreadable(form);
        if (!wrong.isEmpty()) {
            refuse(ErrorCode.INVALID_PARAMS, wrong);
        }
    }

    private void refuse(ErrorCode code, List<FieldError> wrong) {
        throw new RefusedException(code, "The params cannot be read.", tool.name(), wrong);
    }

    /** The form as it was sent, with what is wrong. */
    ToolView.Form refused(FormData form, Job former, Refusal refusal) {
        boolean raw = isRaw(form);
        List<FieldError> wrong = raw ? refusal.errors() : wrongFields(form, refusal.errors());
        SubmitOptions options = SubmitOptions.of(form);
        boolean isAllShown =
                !wrong.isEmpty() && wrong.stream().allMatch(error -> SubmitOptions.shows(error) || shows(error, raw));
        JsonNode before = former == null ? null : SchemaForm.parsed(former.params());
        return new ToolView.Form(
                new ToolView.Part(
                        params.sent(form, before, raw ? List.of() : wrong),
                        options.fields("form", raw ? List.of() : wrong)),
                new ToolView.Part(
                        List.of(json(
                                raw ? form.text("params") : JsonText.indented(params.json(form), SHOWN),
                                raw ? atParams(wrong) : List.of())),
                        options.fields("json", raw ? wrong : List.of())),
                raw,
                isAllShown ? null : refusal.message(),
                former == null ? null : former.id().toString(),
                form.text("once"));
    }

    /** All that is wrong with the fields, so that nobody learns of it piece by piece. */
    private List<FieldError> wrongFields(FormData form, List<FieldError> refused) {
        List<FieldError> wrong = new ArrayList<>(params.unreadable(form));
        tool.check(SchemaForm.parsed(params.json(form))).stream()
                .map(error -> new FieldError(PARAMS + error.pointer(), error.message()))
                .filter(error -> isNew(error, wrong))
                .forEach(wrong::add);
        refused.stream().filter(error -> isNew(error, wrong)).forEach(wrong::add);
        return wrong;
    }

    private static boolean isNew(FieldError error, List<FieldError> known) {
        return known.stream()
                .noneMatch(other -> error.equals(other)
                        || (error.pointer().equals(other.pointer())
                                && !other.pointer().equals(PARAMS)));
    }

    private boolean shows(FieldError error, boolean raw) {
        return raw ? error.pointer().startsWith(PARAMS) : params.shows(error);
    }

    private static List<String> atParams(List<FieldError> wrong) {
        return wrong.stream()
                .filter(error -> error.pointer().startsWith(PARAMS))
                .map(error -> (error.pointer().substring(PARAMS.length()) + " " + error.message()).strip())
                .toList();
    }

    /** The body of {@code POST /v1/jobs} that does the same. */
    String body(FormData form) {
        String all = "{\"tool\":" + TextNode.valueOf(tool.name()) + ",\"params\":" + sentParams(form)
                + SubmitOptions.of(form).members();
        if (!form.text("once").isEmpty()) {
            // Another payload is another job, as when somebody goes back and changes a field.
            String key =
                    "console/" + UUID.nameUUIDFromBytes((form.text("once") + all).getBytes(StandardCharsets.UTF_8));
            return all + ",\"idempotency_key\":" + TextNode.valueOf(key) + "}";
        }
        return all + "}";
    }

    /** The text itself where JSON was sent, so that every digit stays. */
    private String sentParams(FormData form) {
        if (!isRaw(form)) {
            return params.json(form);
        }
        return form.text("params").isBlank() ? "{}" : form.text("params");
    }

    private boolean isRaw(FormData form) {
        return form.text("as").equals("json") || !params.hasFields();
    }
}
