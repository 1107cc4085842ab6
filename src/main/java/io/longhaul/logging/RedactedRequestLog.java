package io.longhaul.logging;

import ch.qos.logback.access.jetty.RequestLogImpl;
import io.dropwizard.request.logging.RequestLogFactory;
import java.util.Objects;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.component.ContainerLifeCycle;

/**
 * The configured request log, without the tokens in the paths of callbacks, the codes that people sign in with, and what
 * looks like a secret in a query or a header.
 */
public final class RedactedRequestLog implements RequestLogFactory<RequestLog> {
    private static final String CALLBACKS = "/v1/callbacks/";
    private static final String SIGN_IN = "/ui/sign-in/";

    private final RequestLogFactory<?> configured;

    public RedactedRequestLog(RequestLogFactory<?> configured) {
        this.configured = configured;
    }

    @Override
    public boolean isEnabled() {
        return configured.isEnabled();
    }

    @Override
    public RequestLog build(String name) {
        return new RedactedLog(configured.build(name));
    }

    /** Starts and stops with the server. */
    private static final class RedactedLog extends ContainerLifeCycle implements RequestLog {
        private final RequestLog log;

        RedactedLog(RequestLog log) {
            this.log = log;
            if (log instanceof RequestLogImpl logback) {
                // It would print on stdout, between the events of a log of JSON, which versions of itself it has found.
                logback.setQuiet(true);
            }
            addBean(log);
        }

        @Override
        public void log(Request request, Response response) {
            String path = request.getHttpURI().getPath();
            log.log(shown(request, path == null ? "" : path), response);
        }

        private static Request shown(Request request, String path) {
            HttpFields headers = cleaned(request.getHeaders());
            if (path.startsWith(CALLBACKS)) {
                return new RedactedRequest(request, CALLBACKS + "-", null, headers);
            }
            if (path.startsWith(SIGN_IN)) {
                return new RedactedRequest(request, path, null, headers);
            }
            String query = request.getHttpURI().getQuery();
            String cleanPath = cleaned(path);
            String cleanQuery = cleaned(query);
            boolean isClean =
                    cleanPath.equals(path) && Objects.equals(cleanQuery, query) && headers.equals(request.getHeaders());
            return isClean ? request : new RedactedRequest(request, cleanPath, cleanQuery, headers);
        }

        private static HttpFields cleaned(HttpFields headers) {
            HttpFields.Mutable cleaned = HttpFields.build();
            headers.forEach(header -> cleaned.add(header.getName(), cleaned(header.getValue())));
            return cleaned;
        }

        private static String cleaned(String text) {
            return text == null ? null : SecretsFilter.SECRETS.without(text);
        }
    }

    /** A request with another address and other headers. */
    private static final class RedactedRequest extends Request.Wrapper {
        private final String path;
        private final String query;
        private final HttpFields headers;

        RedactedRequest(Request request, String path, String query, HttpFields headers) {
            super(request);
            this.path = path;
            this.query = query;
            this.headers = headers;
        }

        @Override
        public HttpURI getHttpURI() {
            return HttpURI.build(super.getHttpURI(), path, null, query).asImmutable();
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }
    }
}
