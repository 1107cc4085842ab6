package io.longhaul.mcp.stdio;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;

/**
 * A running server.
 *
 * @param http with which it is asked
 * @param endpoints of its nodes, which all serve alike
 * @param key API key or token, or null
 * @param start the command that starts it
 * @param patience with it
 */
public record Server(HttpClient http, List<URI> endpoints, String key, String start, Patience patience) {
    /**
     * How long a request is repeated.
     *
     * @param unreachable while no server takes it
     * @param lost after a server has taken it, and was lost before it answered
     */
    public record Patience(Duration unreachable, Duration lost) {
        /** A restarted node is back, or another has taken over, within the longer time. */
        public static final Patience USUAL = new Patience(Duration.ofSeconds(5), Duration.ofSeconds(30));
    }
}
