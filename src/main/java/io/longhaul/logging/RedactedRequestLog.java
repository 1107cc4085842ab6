package io.longhaul.logging;

import io.dropwizard.request.logging.RequestLogFactory;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.component.ContainerLifeCycle;

/** The configured request log, without the tokens in the paths of callbacks, and the codes that people sign in with. */
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
            addBean(log);
        }

        @Override
        public void log(Request request, Response response) {
            String path = request.getHttpURI().getPath();
            log.log(shown(request, path == null ? "" : path), response);
        }

        private static Request shown(Request request, String path) {
            if (path.startsWith(CALLBACKS)) {
                return new RedactedRequest(request, CALLBACKS + "-");
            }
            return path.startsWith(SIGN_IN) ? new RedactedRequest(request, path) : request;
        }
    }

    /** A request without a query, and with another path. */
    private static final class RedactedRequest extends Request.Wrapper {
        private final String path;

        RedactedRequest(Request request, String path) {
            super(request);
            this.path = path;
        }

        @Override
        public HttpURI getHttpURI() {
            return HttpURI.build(super.getHttpURI(), path, null, null).asImmutable();
        }
    }
}
