package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.longhaul.jobs.Await;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.TestTools;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The request that tells a server to stop. */
class HttpCancelTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("longhaul.tools");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    };
    private final StandIn moved = new StandIn();
    private final StandIn server = new StandIn();

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
        server.on("/start", (request, exchange) -> exchange.json(200, "{}"));
        server.on("/state", (request, exchange) -> exchange.json(200, "{\"log\": \"working\"}"));
        server.on(
                "/stop",
                (request, exchange) ->
                        exchange.header("Location", moved.url() + "/stop").json(308, ""));
    }

    @AfterEach
    void close() {
        logger.detachAppender(appender);
        server.close();
        moved.close();
    }

    private void cancelled(String settings) throws Exception {
        RecordedCall call = new RecordedCall("{}")
                .start(TestTools.one("[{type: http, name: tool, method: POST, url: '" + server.url()
                        + "/start', poll: {url: '/state', interval: 1ms, done: {/s: ok}, log: /log},"
                        + " cancel: {url: '/stop'}" + settings + "}]"))
                .awaitFirstLine();
        call.cancel();
        call.awaitEnd();
    }

    @Test
    void aRedirectIsFollowedIfConfigured() throws Exception {
        moved.on("/stop", (request, exchange) -> exchange.json(200, ""));
        cancelled(", follow_redirects: true");
        Await.until("the other server is told", () -> moved.requests().size() == 1);
        assertThat(moved.only().method()).isEqualTo("DELETE");
        assertThat(lines).isEmpty();
    }

    @Test
    void aRedirectThatIsNotFollowedIsLogged() throws Exception {
        cancelled("");
        Await.until("it is logged", () -> lines.size() == 1);
        assertThat(lines).containsExactly("Tool tool: the server was told to stop and answered 308");
    }

    @Test
    void aRedirectThatLeadsNowhereIsLogged() throws Exception {
        moved.on(
                "/stop",
                (request, exchange) ->
                        exchange.header("Location", "ftp://127.0.0.1/stop").json(307, ""));
        cancelled(", follow_redirects: true");
        Await.until("it is logged", () -> lines.size() == 1);
        assertThat(lines.get(0))
                .contains("told to stop and failed: ")
                .contains("was redirected to 'ftp://127.0.0.1/stop'");
    }
}
