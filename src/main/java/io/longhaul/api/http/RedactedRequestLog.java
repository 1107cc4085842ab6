package io.longhaul.api.http;

import io.dropwizard.request.logging.RequestLogFactory;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.component.ContainerLifeCycle;

/** The configured log of requests without the tokens that are in the paths of callbacks. */
public final class RedactedRequestLog implements RequestLogFactory<RequestLog> {
    private static final String CALLBACKS = "/v1/callbacks/";

    private final RequestLogFactory<?> configured;

    /**
     * Wraps it.
     *
     * @param configured where requests are logged
     */
    public RedactedRequestLog(RequestLogFactory<?> configured) {
        this.configured = configured;
    }

    @Override
    public boolean isEnabled() {
        return configured.isEnabled();
    }

    @Override
    public RequestLog build(String name) {
        return new Quiet(configured.build(name));
    }

    /** Starts and stops with the server. */
    private static final class Quiet extends ContainerLifeCycle implements RequestLog {
        private final RequestLog log;

        Quiet(RequestLog log) {
            this.log = log;
            addBean(log);
        }

        @Override
        public void log(Request request, Response response) {
            String path = request.getHttpURI().getPath();
            log.log(path != null && path.startsWith(CALLBACKS) ? new Untold(request) : request, response);
        }
    }

    /** A request whose path ends before the token. */
    private static final class Untold extends Request.Wrapper {
        Untold(Request request) {
            super(request);
        }

        @Override
        public HttpURI getHttpURI() {
            return HttpURI.build(super.getHttpURI(), CALLBACKS + "-", null, null)
                    .asImmutable();
        }
    }
}
