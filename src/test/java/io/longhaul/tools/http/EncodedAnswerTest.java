package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that a server has compressed although nobody asked for it, and answers that are no JSON. */
class EncodedAnswerTest {
    private final StandIn server = new StandIn();
    private volatile String encoding;
    private volatile byte[] body;

    @BeforeEach
    void answer() {
        server.on("/x", (request, exchange) -> {
            exchange.header("Content-Encoding", encoding);
            exchange.http().sendResponseHeaders(200, body.length);
            exchange.http().getResponseBody().write(body);
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void answering(String newEncoding, byte[] newBody) {
        encoding = newEncoding;
        body = newBody;
    }

    private static byte[] packed(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private ToolResult call(String settings) throws Exception {
        String entry = "[{type: http, name: t, url: '" + server.url() + "/x'" + settings + "}]";
        return new RecordedCall("{}").start(TestTools.one(entry)).await();
    }

    private void assertFails(ToolResult result, FailureKind kind, String... words) {
        assertThat(result).isInstanceOfSatisfying(ToolResult.Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.message()).contains(words);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip"})
    void whatIsCompressedIsRead(String name) throws Exception {
        answering(name, packed("{\"a\": \"\u00e4\"}"));
        assertThat(call(", result: /a")).isEqualTo(new ToolResult.Success("\"\u00e4\""));
    }

    @Test
    void whatBecomesTooLargeIsRefused() throws Exception {
        answering("gzip", packed("x".repeat(2_000_000)));
        assertFails(call(", max_response: 1MiB"), FailureKind.RESULT_TOO_LARGE, "1048576 bytes", "raise max_response");
    }

    @Test
    void whatCannotBeReadIsNoResult() throws Exception {
        answering("br", new byte[] {1, 2, 3});
        assertFails(call(""), FailureKind.TOOL_ERROR, "the Content-Encoding br, which is not read here");
        answering("gzip", "{}".getBytes(StandardCharsets.UTF_8));
        assertFails(call(""), FailureKind.TOOL_ERROR, "the Content-Encoding gzip, which its body does not have");
        byte[] whole = packed("{\"a\": 1}");
        answering("gzip", Arrays.copyOf(whole, whole.length - 9));
        assertFails(call(""), FailureKind.TOOL_ERROR, "which its body does not have");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":", "{\"a\": NaN}", "<html>"})
    void anAnswerThatIsNoJsonHasNoPlaceForAResult(String text) throws Exception {
        answering("identity", text.getBytes(StandardCharsets.UTF_8));
        assertFails(call(", result: /a"), FailureKind.TOOL_ERROR, "was answered with no JSON that can be read", text);
    }
}
