package io.longhaul.api.access;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.http.Header;
import io.longhaul.mcp.protocol.Protocol;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.handler.CrossOriginHandler;

/**
 * Lets pages of the configured sites read answers (CORS protocol of the Fetch standard), and answers preflight requests. A
 * page authenticates with a key: cookies are never used.
 */
final class Cors {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    private static final Set<String> SENT = Set.of(
            HttpHeaders.AUTHORIZATION,
            "X-API-Key",
            HttpHeaders.CONTENT_TYPE,
            Header.IDEMPOTENCY_KEY.text(),
            Header.PREFER.text(),
            Header.IF_NONE_MATCH.text(),
            Header.IF_RANGE.text(),
            Header.RANGE.text(),
            Header.LAST_EVENT_ID.text(),
            Header.TRACEPARENT.text(),
            Header.WORKER_TOKEN.text(),
            Protocol.VERSION_HEADER,
            Protocol.SESSION_HEADER,
            Protocol.METHOD_HEADER,
            Protocol.NAME_HEADER);

    private static final Set<String> READ = Set.of(
            Header.LOCATION.text(),
            Header.LINK.text(),
            Header.ETAG.text(),
            Header.RETRY_AFTER.text(),
            Header.PREFERENCE_APPLIED.text(),
            Header.IDEMPOTENCY_REPLAYED.text(),
            Header.CONTENT_RANGE.text(),
            Header.ACCEPT_RANGES.text(),
            Header.CONTENT_DISPOSITION.text(),
            Header.WARNING.text(),
            Protocol.SESSION_HEADER,
            Header.TRACEPARENT.text(),
            HttpHeaders.WWW_AUTHENTICATE);

    /** Some browsers keep it no longer. */
    private static final Duration PREFLIGHT_HOLDS = Duration.ofHours(2);

    private static final String ORIGIN = "Origin";

    private Cors() {}

    /** Installs nothing if no sites are configured. */
    static void install(Environment environment, List<String> origins) {
        if (origins.isEmpty()) {
            return;
        }
        CrossOriginHandler handler = new CrossOriginHandler();
        handler.setAllowedOriginPatterns(origins.stream().map(Pattern::quote).collect(Collectors.toSet()));
        handler.setAllowCredentials(false);
        handler.setAllowedMethods(METHODS);
        handler.setAllowedHeaders(SENT);
        handler.setExposedHeaders(READ);
        handler.setPreflightMaxAge(PREFLIGHT_HOLDS);
        handler.setDeliverPreflightRequests(false);
        // HostCheck refuses changes from other sites, and browsers do not show them the other answers.
        handler.setDeliverNonAllowedOriginRequests(true);
        environment.getApplicationContext().insertHandler(handler);
        environment.jersey().register(new Varying());
    }

    /** Adds Vary again, because Jersey replaces the headers that were set before. */
    private static final class Varying implements ContainerResponseFilter {
        @Override
        public void filter(ContainerRequestContext request, ContainerResponseContext response) {
            response.getHeaders().add(HttpHeaders.VARY, ORIGIN);
        }
    }
}
