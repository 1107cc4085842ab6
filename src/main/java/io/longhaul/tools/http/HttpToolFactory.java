package io.longhaul.tools.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.longhaul.tools.OutputMode;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolFactory;
import io.longhaul.tools.secrets.DiscreetCheckpoints;
import io.longhaul.tools.secrets.RequestCredentials;
import io.longhaul.tools.secrets.SecretScrubbingTool;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.settings.ParamPath;
import io.longhaul.tools.settings.SettingsHash;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Tool;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** {@code type: http}: calls an HTTP server. {@code docs/tools/http.md} describes each setting. */
@JsonTypeName("http")
public final class HttpToolFactory extends ToolFactory {
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    /** Ways to write an array in a query or form. */
    enum Arrays {
        /** {@code a=1&a=2}. */
        REPEAT,
        /** {@code a=1,2}. */
        COMMA
    }

    /** GET, POST, ...; by default POST with a body and GET without. */
    @JsonProperty
    private String method;

    /** URL of the request, with params in path and query. */
    @JsonProperty
    private String url;

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Map<String, String> query = Map.of();

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Map<String, String> headers = Map.of();

    /** JSON with placeholders; by default the params themselves if the method has a body. */
    @JsonProperty
    private JsonNode body;

    @JsonProperty
    @JsonSetter(contentNulls = Nulls.FAIL)
    private Map<String, String> form;

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP)
    private Arrays arrays = Arrays.REPEAT;

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP)
    private RequestCredentials auth = RequestCredentials.NONE;

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Set<Integer> success = Set.of();

    @JsonProperty("retry_on")
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Set<Integer> retryOn = Set.of();

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP)
    private OutputMode output = OutputMode.AUTO;

    /** JSON pointer to the result in the answer. */
    @JsonProperty
    private String result;

    @JsonProperty("max_response")
    @JsonSetter(nulls = Nulls.SKIP)
    private DataSize maxResponse = DataSize.mebibytes(16);

    @JsonProperty("answer_timeout")
    private Duration answerTimeout;

    @JsonProperty("follow_redirects")
    private boolean followRedirects;

    /** Header that carries the job's id; empty for none. */
    @JsonProperty("idempotency_header")
    @JsonSetter(nulls = Nulls.AS_EMPTY)
    private String idempotencyHeader = "Idempotency-Key";

    /** Ask for the state of the work until it is done. */
    @JsonProperty
    private Polling.PollSettings poll;

    /** Be called back when the work is done. */
    @JsonProperty
    private CalledBack.CallbackSettings callback;

    @JsonProperty
    private CancelSettings cancel;

    /**
     * The {@code cancel:} block.
     *
     * @param method DELETE by default
     * @param url placeholders as in {@code poll.url}
     */
    record CancelSettings(String method, String url) {}

    @Override
    public List<Tool> build(ToolContext toolContext) {
        auth.check();
        if (!idempotencyHeader.isEmpty()) {
            Checks.header("idempotency_header", idempotencyHeader);
        }
        checkStatuses("success", success);
        checkStatuses("retry_on", retryOn);
        RequestTemplate start = start();
        start.checkAgainst(paramsSchema());
        AnswerRules rules = new AnswerRules(
                Set.copyOf(success), Set.copyOf(retryOn), output, StatusSettings.pointer("result", result));
        Completion style = style(start, toolContext);
        RequestTemplate stop = cancel(start);
        HttpTool.Plan plan =
                new HttpTool.Plan(start, rules, idempotencyHeader, style, stop, keeper(style, stop, toolContext));
        return List.of(SecretScrubbingTool.of(new HttpTool(describe(), wire(), plan), auth));
    }

    /** The statuses of answers; those below 200 come before the answer. */
    private static void checkStatuses(String setting, Set<Integer> statuses) {
        statuses.forEach(status -> Checks.range(setting, status, 200, 999));
    }

    private KeptAnswer.Keeper keeper(Completion style, RequestTemplate stop, ToolContext toolContext) {
        if (!(style instanceof Polling polling)) {
            return KeptAnswer.Keeper.NONE;
        }
        List<ParamPath> named = Stream.of(polling.status(), polling.result(), stop)
                .filter(Objects::nonNull)
                .flatMap(RequestTemplate::paths)
                .filter(path ->
                        PlaceholderValues.ANSWERED.contains(path.segments().get(0)))
                .toList();
        String origin =
                SettingsHash.of(method, url, poll.url(), poll.resultUrl(), cancel == null ? null : cancel.url());
        return new KeptAnswer.Keeper(new DiscreetCheckpoints(toolContext::checkpoints, auth), origin, named);
    }

    private RequestTemplate start() {
        if (body != null && form != null) {
            throw new ToolConfigurationException("there are body and form: remove one of them");
        }
        boolean joined = arrays == Arrays.COMMA;
        String verb = method != null ? method : body != null || form != null ? "POST" : "GET";
        return new RequestTemplate(
                verb,
                UrlTemplate.parse("url", url),
                FieldTemplates.parse("query", query, joined),
                FieldTemplates.parse("header", headers, true),
                body(verb, joined),
                auth);
    }

    private BodyTemplate body(String verb, boolean joined) {
        if (form != null) {
            return new BodyTemplate.Form(FieldTemplates.parse("form", form, joined));
        }
        if (body != null) {
            return new BodyTemplate.Json(body);
        }
        return WITH_BODY.contains(verb) ? new BodyTemplate.Params() : new BodyTemplate.None();
    }

    private Completion style(RequestTemplate start, ToolContext toolContext) {
        if (poll != null && callback != null) {
            throw new ToolConfigurationException("there are poll and callback: remove one of them");
        }
        if (poll != null) {
            RequestTemplate fetch = poll.resultUrl() == null ? null : later("poll.result_url", poll.resultUrl(), start);
            return new Polling(later("poll.url", poll.url(), start), poll.interval(), poll.rules("poll"), fetch);
        }
        if (callback == null) {
            return Completion.AT_ONCE;
        }
        Checks.header("callback.header", callback.header());
        boolean placed = start.paths().anyMatch(path -> path.segments().get(0).equals(PlaceholderValues.CALLBACK));
        return new CalledBack(
                callback.rules("callback"), toolContext, placed ? null : callback.header(), cancel != null);
    }

    private RequestTemplate later(String setting, String text, RequestTemplate start) {
        return later("GET", setting, text, start);
    }

    private RequestTemplate later(String verb, String setting, String text, RequestTemplate start) {
        RequestTemplate later = new RequestTemplate(
                verb,
                UrlTemplate.parse(setting, text, start.url()),
                new FieldTemplates(Map.of(), false),
                FieldTemplates.parse("header", headers, true),
                new BodyTemplate.None(),
                auth);
        later.checkAgainst(paramsSchema());
        return later;
    }

    private RequestTemplate cancel(RequestTemplate start) {
        if (cancel == null) {
            return null;
        }
        return later(cancel.method() == null ? "DELETE" : cancel.method(), "cancel.url", cancel.url(), start);
    }

    private ClientOptions wire() {
        return new ClientOptions(
                Checks.size("max_response", maxResponse, "1B"),
                answerTimeout == null ? null : answerTimeout.toJavaDuration(),
                followRedirects);
    }
}
