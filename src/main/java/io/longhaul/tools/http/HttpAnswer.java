package io.longhaul.tools.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.outbound.RetryAfter;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.params.Storable;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's answer.
 *
 * @param text the body
 * @param method of the request
 * @param uri of the request; may hold a secret
 */
record HttpAnswer(int status, HttpHeaders headers, String text, String method, URI uri) {
    private static final Pattern CHARSET = Pattern.compile("charset=\"?([\\w-]+)", Pattern.CASE_INSENSITIVE);

    /** A server that asks for a longer wait would only hold the job up. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private static final int LONGEST_EXCERPT = 300;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    static HttpAnswer of(HttpResponse<byte[]> response) {
        return of(response, response.body());
    }

    /** @param body the body as it was before the server encoded it */
    static HttpAnswer of(HttpResponse<?> response, byte[] body) {
        return new HttpAnswer(
                response.statusCode(),
                response.headers(),
                new String(body, charset(response.headers())),
                response.request().method(),
                response.uri());
    }

    private static Charset charset(HttpHeaders headers) {
        Matcher matcher = CHARSET.matcher(headers.firstValue("content-type").orElse(""));
        try {
            return matcher.find() ? Charset.forName(matcher.group(1)) : StandardCharsets.UTF_8;
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8;
        }
    }

    /** The body as a tree; missing if it is not JSON. */
    JsonNode json() {
        return Storable.isReadableJson(text) ? ParamsJson.parse(text) : MissingNode.getInstance();
    }

    /** The headers as an object, their names in lower case. */
    ObjectNode headersJson() {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        headers.map().forEach((name, values) -> object.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return object;
    }

    /** Returns true if it says where the answer is. */
    boolean isRedirect() {
        return REDIRECTS.contains(status) && headers.firstValue("location").isPresent();
    }

    /** The wait that the server asks for, at most a day. */
    Optional<Duration> retryAfter() {
        return headers.firstValue("retry-after")
                .flatMap(RetryAfter::parse)
                .map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }

    /** The request for messages; without the query, which may hold a secret. */
    String request() {
        return method + " " + uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
    }

    /**
     * The server's words about an error: its message if there is one in a usual place, otherwise the beginning of the
     * body.
     */
    String excerpt() {
        JsonNode json = json();
        for (String pointer : new String[] {"/error/message", "/message", "/detail", "/error", "/title"}) {
            if (json.at(pointer).isTextual()) {
                return cut(json.at(pointer).textValue());
            }
        }
        return cut(text.strip());
    }

    private static String cut(String text) {
        return text.length() > LONGEST_EXCERPT ? text.substring(0, LONGEST_EXCERPT) + "..." : text;
    }
}
