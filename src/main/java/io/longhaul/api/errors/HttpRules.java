package io.longhaul.api.errors;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Refusal;
import jakarta.ws.rs.core.MediaType;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;

/** Refuses requests that parts of the server would read differently, before any part sees them. */
final class HttpRules implements HttpConfiguration.Customizer {
    /** Allowed values of Content-Encoding. */
    private static final Set<String> CODINGS = Set.of("", "identity", "gzip");

    /** One type and subtype (RFC 9110, 8.3.1), with any parameters. */
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("\\s*[\\w!#$%&'*+.^`|~-]+/[\\w!#$%&'*+.^`|~-]+\\s*(;.*)?");

    /** Parts of a path that mean another one; Jetty refuses those only that are percent-encoded. */
    private static final Pattern DOTS = Pattern.compile("/\\.\\.?(?:/|$)");

    /** Jersey, which serves this path, reads the parameters later, and would call a wrong one a broken request. */
    private static final String OF_JERSEY = "/v1/";

    private static boolean isMediaType(String type, String path) {
        if (!MEDIA_TYPE.matcher(type).matches()) {
            return false;
        }
        try {
            return type.indexOf(';') < 0 || !path.startsWith(OF_JERSEY) || MediaType.valueOf(type) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Covers all connectors of a started server. */
    static void install(Server server) {
        HttpRules rules = new HttpRules();
        server.getContainedBeans(HttpConfiguration.class).forEach(http -> http.addCustomizer(rules));
    }

    /** Carries a refusal through Jetty's handling of bad HTTP to {@link JettyProblemWriter}. */
    static final class Broken extends HttpException.RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Refusal refusal;

        Broken(Refusal refusal) {
            super(refusal.status(), refusal.message());
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }

    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        String coding = String.join(",", request.getHeaders().getValuesList(HttpHeader.CONTENT_ENCODING))
                .strip();
        if (!CODINGS.contains(coding.toLowerCase(Locale.ROOT))) {
            throw new Broken(Refusal.of(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "The body is in a Content-Encoding that is not known here: send it as it is, or in gzip."));
        }
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type != null && !isMediaType(type, Request.getPathInContext(request))) {
            throw new Broken(Refusal.of(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "The header Content-Type is no media type: send one such as application/json."));
        }
        String path = request.getHttpURI().getPath();
        if (path != null && DOTS.matcher(path).find()) {
            throw new Broken(
                    Refusal.of(
                            ErrorCode.BAD_REQUEST,
                            "The path has . or .. in it, so that it can be read in several ways: write it as /openapi.json has it."));
        }
        if (path != null && path.indexOf(';') >= 0) {
            throw new Broken(Refusal.of(
                    ErrorCode.BAD_REQUEST,
                    "The path has parameters after a semicolon, which nothing here reads: leave them out, or write the"
                            + " semicolon as %3B."));
        }
        return request;
    }
}
