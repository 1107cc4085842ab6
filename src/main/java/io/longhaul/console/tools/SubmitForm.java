package io.longhaul.console.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.console.FormData;
import io.longhaul.console.JsonText;
import io.longhaul.console.forms.SchemaForm;
import io.longhaul.jobs.Job;
import io.longhaul.tools.RegisteredTool;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The form of a tool, and the submission that the API reads from it. */
final class SubmitForm {
    /** Options with a number. */
    private static final List<String> NUMBERS = List.of("priority", "max_attempts", "timeout_seconds");

    private static final int SHOWN = 1 << 20;

    private final RegisteredTool tool;
    private final SchemaForm params;

    SubmitForm(RegisteredTool tool) {
        this.tool = tool;
        this.params = new SchemaForm(tool.description().paramsSchema(), "p", "/params");
    }

    /** A form with the params of a former run, or an empty one for null. */
    ToolView.Form filled(Job former) {
        JsonNode before = former == null ? null : SchemaForm.parsed(former.params());
        JsonNode now = before == null ? SchemaForm.JSON.createObjectNode() : before;
        boolean fits = before == null || namesOnlyFields(before);
        return new ToolView.Form(
                params.filled(now, null),
                former == null ? "{}" : JsonText.indented(former.params(), SHOWN),
                !params.hasFields() || !fits,
                former == null ? Map.of() : Map.of("priority", "" + former.priority()),
                null,
                List.of(),
                former == null ? null : former.id().toString(),
                UUID.randomUUID().toString());
    }

    /** False if the params have members that the form has no field for. */
    private boolean namesOnlyFields(JsonNode before) {
        JsonNode named = tool.description().paramsSchema().path("properties");
        for (Map.Entry<String, JsonNode> member : before.properties()) {
            if (!named.has(member.getKey())) {
                return false;
            }
        }
        return before.isObject();
    }

    /** The form as it was sent, with what is wrong. */
    ToolView.Form refused(FormData form, Job former, Refusal refusal) {
        boolean raw = isRaw(form);
        List<FieldError> elsewhere = refusal.errors().stream()
                .filter(error -> raw || !params.shows(error))
                .toList();
        Map<String, String> options = new LinkedHashMap<>();
        NUMBERS.forEach(name -> options.put(name, form.text(name)));
        options.put("run_at", form.text("run_at"));
        return new ToolView.Form(
                params.sent(form, former == null ? null : SchemaForm.parsed(former.params()), refusal.errors()),
                raw ? form.text("params") : JsonText.indented(params.json(form), SHOWN),
                raw,
                options,
                refusal.message(),
                elsewhere,
                former == null ? null : former.id().toString(),
                form.text("once"));
    }

    /** The body of {@code POST /v1/jobs} that does the same. */
    String body(FormData form) {
        StringBuilder body = new StringBuilder("{\"tool\":")
                .append(TextNode.valueOf(tool.name()))
                .append(",\"params\":")
                .append(isRaw(form) ? oneValue(form.text("params")) : params.json(form));
        for (String name : NUMBERS) {
            String sent = form.text(name).strip();
            if (!sent.isEmpty()) {
                body.append(",\"").append(name).append("\":").append(numberOrText(sent));
            }
        }
        if (!form.text("run_at").isBlank()) {
            body.append(",\"run_at\":")
                    .append(TextNode.valueOf(form.text("run_at").strip()));
        }
        String all = body.toString();
        if (!form.text("once").isEmpty()) {
            // Another payload is another job, as when somebody goes back and changes a field.
            String key =
                    "console/" + UUID.nameUUIDFromBytes((form.text("once") + all).getBytes(StandardCharsets.UTF_8));
            return all + ",\"idempotency_key\":" + TextNode.valueOf(key) + "}";
        }
        return all + "}";
    }

    private static boolean isRaw(FormData form) {
        return form.text("as").equals("json");
    }

    /** The text itself, so that every digit stays, once it is known to be one value. */
    private static String oneValue(String json) {
        if (json.isBlank()) {
            return "{}";
        }
        if (SchemaForm.parsed(json).isMissingNode()) {
            throw new RefusedException(
                    ErrorCode.MALFORMED_JSON,
                    "The params are not JSON: write one object, such as {\"path\": \"genes.fasta\"}.");
        }
        return json;
    }

    private static String numberOrText(String sent) {
        return sent.matches("-?[0-9]{1,9}")
                ? String.valueOf(Integer.parseInt(sent))
                : TextNode.valueOf(sent).toString();
    }
}
