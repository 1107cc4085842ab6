package io.longhaul.api.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.ApiServer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

class ConnectionBoundTest {
    private static final int MOST = 20;

    @Test
    void idleConnectionsGiveWayToRequests() throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setIdleTimeout(600_000);
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                callback.succeeded();
                return true;
            }
        });
        server.addEventListener(new ConnectionBound(MOST));
        server.start();
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 3 * MOST; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort()));
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connector.getLocalPort()))
                    .timeout(ApiServer.PATIENCE)
                    .build();
            HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(connector.getConnectedEndPoints()).hasSizeLessThanOrEqualTo(MOST);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
            server.stop();
        }
    }
}
