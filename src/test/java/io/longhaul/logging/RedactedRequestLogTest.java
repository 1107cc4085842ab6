package io.longhaul.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.request.logging.RequestLogFactory;
import io.longhaul.api.ApiServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

class RedactedRequestLogTest {
    /** Keeps the logged requests. */
    private static final class Kept implements RequestLogFactory<RequestLog> {
        private final Queue<String> addresses = new ConcurrentLinkedQueue<>();

        @Override
        public boolean isEnabled() {
            return true;
        }

        @Override
        public RequestLog build(String name) {
            return (request, response) -> addresses.add(request.getHttpURI().getPathQuery() + " "
                    + request.getHeaders().get("Referer"));
        }
    }

    @Test
    void tokensOfCallbacksAndCodesOfSignInsAreInNoLogOfRequests() throws Exception {
        Kept kept = new Kept();
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setRequestLog(new RedactedRequestLog(kept).build("requests"));
        server.start();
        for (String path : new String[] {
            "/v1/callbacks/secretToken",
            "/v1/callbacks/secretToken?x=y",
            "/v1/jobs?limit=1",
            "/v1/jobs;a=b?q=%20x",
            "/v1/jobs?key=lh_0123456789_" + "a".repeat(48) + "&limit=1",
            "/v1/jobs/lh_0123456789_" + "a".repeat(48),
            "/v1/jobs?password=hunter22",
            "/ui/sign-in/provider/back?code=secret&state=secret"
        }) {
            HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connector.getLocalPort() + path))
                                    .timeout(ApiServer.PATIENCE)
                                    .header("Referer", "http://127.0.0.1/?api_key=hunter22")
                                    .build(),
                            BodyHandlers.ofString());
        }
        server.stop();
        assertThat(kept.addresses)
                .allMatch(line -> line.endsWith(" http://127.0.0.1/?api_key=[secret]"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .containsExactly(
                        "/v1/callbacks/-",
                        "/v1/callbacks/-",
                        "/v1/jobs?limit=1",
                        "/v1/jobs;a=b?q=%20x",
                        "/v1/jobs?key=lh_0123456789_[secret]&limit=1",
                        "/v1/jobs/lh_0123456789_[secret]",
                        "/v1/jobs?password=[secret]",
                        "/ui/sign-in/provider/back");
    }
}
