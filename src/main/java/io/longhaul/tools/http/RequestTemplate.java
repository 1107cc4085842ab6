package io.longhaul.tools.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.secrets.RequestCredentials;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.settings.ParamPath;
import io.longhaul.tools.settings.Template;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A request with placeholders.
 *
 * @param query added to the URL's own
 * @param headers besides those that are always sent
 */
record RequestTemplate(
        String method,
        UrlTemplate url,
        FieldTemplates query,
        FieldTemplates headers,
        BodyTemplate body,
        RequestCredentials credentials) {
    private static final Pattern METHOD = Pattern.compile("[A-Z]+");
    /** They are for proxies, and carry no work. */
    private static final Set<String> NEVER = Set.of("CONNECT", "TRACE");

    /** Refuses methods and headers that no request can have. */
    RequestTemplate {
        if (!METHOD.matcher(method).matches() || NEVER.contains(method)) {
            throw new ToolConfigurationException(
                    "method is %s: write GET, POST, PUT, PATCH, DELETE or HEAD".formatted(method));
        }
        headers.templates().forEach(RequestTemplate::check);
    }

    /** Refuses placeholders that no valid params could fill. */
    void checkAgainst(JsonNode schema) {
        paths().filter(path -> !PlaceholderValues.OURS.contains(path.segments().get(0)))
                .forEach(path -> path.checkAgainst("the request", schema));
    }

    Stream<ParamPath> paths() {
        return Stream.of(url.paths(), query.paths(), headers.paths(), body.paths())
                .flatMap(paths -> paths);
    }

    /**
     * Builds the request of one call.
     *
     * @param first the URL of the call's first request, or null if this is the first
     * @throws CallFailure if the params cannot be in a request
     */
    HttpRequest fill(PlaceholderValues values, URI first, ToolCall call) throws CallFailure {
        URI uri = withQuery(url.fill(values, first), values);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, publisher(values));
        if (uri.getScheme().equalsIgnoreCase("http")) {
            // Some servers fail when a plain connection offers an upgrade to HTTP/2.
            request.version(HttpClient.Version.HTTP_1_1);
        }
        request.setHeader("User-Agent", "longhaul");
        request.setHeader("Accept", "application/json, text/*;q=0.9, */*;q=0.8");
        if (body.type() != null) {
            request.setHeader("Content-Type", body.type());
        }
        call.traceparent().ifPresent(header -> request.setHeader("traceparent", header));
        for (FieldTemplates.Field field : headers.fill(values)) {
            request.setHeader(field.name(), plain(field));
        }
        credentials.sentHeader().ifPresent(header -> request.setHeader(header.name(), header.value()));
        return request.build();
    }

    private static void check(String header, Template template) {
        Checks.header("header", header);
        if (template.paths().findAny().isEmpty()) {
            template.fill(JsonNodeFactory.instance.objectNode()).forEach(text -> Checks.header("header", header, text));
        }
    }

    private URI withQuery(URI uri, PlaceholderValues values) {
        List<FieldTemplates.Field> fields = new ArrayList<>(query.fill(values));
        credentials.sentQuery().ifPresent(named -> fields.add(new FieldTemplates.Field(named.name(), named.value())));
        if (fields.isEmpty()) {
            return uri;
        }
        String text = uri.toString();
        return URI.create(text + (text.contains("?") ? "&" : "?") + FieldTemplates.encoded(fields));
    }

    private BodyPublisher publisher(PlaceholderValues values) {
        String text = body.fill(values);
        return text == null ? BodyPublishers.noBody() : BodyPublishers.ofString(text);
    }

    private static String plain(FieldTemplates.Field field) throws CallFailure {
        if (!Checks.isHeaderValue(field.value())) {
            throw new CallFailure(
                    FailureKind.INVALID_PARAMS,
                    "The value for header %s has a line break or a character beyond ASCII, and no header can have these: remove it."
                            .formatted(field.name()));
        }
        return field.value();
    }
}
