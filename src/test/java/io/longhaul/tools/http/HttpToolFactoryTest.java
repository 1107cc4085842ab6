package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.TestTools;
import io.longhaul.tools.settings.ToolConfigurationException;
import org.junit.jupiter.api.Test;

/** Mistakes are found before anything is sent. */
final class HttpToolFactoryTest {
    private static final String URL = "url: 'https://h.example/x'";

    @Test
    void mistakesNameTheToolTheSettingAndTheCure() {
        assertWrong("method: GET", ": tool 'a': no url: add one");
        assertWrong("url: 'ftp://h.example/'", "begin with http:// or https://");
        assertWrong("url: 'https://{host}/x'", "without params");
        assertWrong("url: 'https://h.example{x}/'", "without params");
        assertWrong("url: 'https://u:p@h.example/'", "see auth");
        assertWrong("url: 'https://h.example/a b'", "url is no URL");
        assertWrong("url: 'http://0177.0.0.1/{x}', params: {properties: {x: {}}}", "each from 0 to 255 without zeros");
        assertWrong("url: 'http://127.1/'", "write its address as usual");
        assertWrong("url: 'http://[fe80::1%25eth0]/'", "must have no zone");
        assertWrong("url: 'http://my_host/'", "must name a host by letters");
        assertWrong("url: 'http://h.example:0/'", "must have a port from 1");
        assertWrong(URL + ", cancel: {url: 'http://0x7f.1/'}", "cancel.url is http://0x7f.1/");
        assertWrong("url: 'https://h.example/{a'", "brace without partner");
        assertWrong(URL + ", method: get", "method is get: write GET");
        assertWrong(URL + ", headers: {Host: x}", "header 'Host' cannot be set");
        assertWrong(URL + ", headers: {X-A: '\u00e4'}", "header 'X-A' cannot be set (its value has");
        assertWrong(URL + ", method: TRACE", "method is TRACE: write GET");
        assertWrong(URL + ", idempotency_header: a b", "idempotency_header 'a b' cannot be set");
        assertWrong(URL + ", callback: {header: ''}", "callback.header '' cannot be set");
        assertWrong(URL + ", callback: {header: Host}", "callback.header 'Host' cannot be set");
        assertWrong(URL + ", success: [200, 1000]", "success is 1000: write a value from 200 to 999");
        assertWrong(URL + ", retry_on: [-1]", "retry_on is -1: write a value from 200 to 999");
        assertWrong(URL + ", body: {a: 1}, form: {a: b}", "body and form: remove one");
        assertWrong(URL + ", body: {a: '{b'}", "brace without partner");
        assertWrong(URL + ", poll: {url: /x}, callback: {}", "poll and callback: remove one");
        assertWrong(URL + ", poll: {}", "no poll.url: add one");
        assertWrong(URL + ", poll: {url: /x, done: {state: ok}}", "poll.done is 'state', no JSON pointer");
        assertWrong(URL + ", poll: {url: /x, progress_max: 0}", "poll.progress_max is 0.0");
        assertWrong(URL + ", result: x", "result is 'x', no JSON pointer: begin with a slash");
        assertWrong(URL + ", cancel: {url: x}", "cancel.url is x: write a URL");
        assertWrong(URL + ", max_response: 1GiB", "write a size from 1B to 128MiB");
        assertWrong(
                "url: 'https://h.example/{paht}', params: {properties: {path: {}}}",
                "the request uses {paht}, but params has no 'paht', only [path]");
    }

    @Test
    void headersOfMcpServersAreCheckedTheSameWay() {
        for (String header : new String[] {"Host: x", "'a b': x", "A: \"x\\ny\"", "A: \u00e4"}) {
            String entry = "[{type: mcp, name: a, url: 'https://h.example/mcp', headers: {" + header + "}}]";
            assertThatThrownBy(() -> TestTools.one(entry))
                    .hasMessageContaining("cannot be set")
                    .hasMessageNotContaining("x\ny");
        }
    }

    @Test
    void misspeltSettingsNameTheirPlace() {
        assertWrong(URL + ", pol: {}", ":1: [0].pol: there is no setting 'pol'");
        assertWrong(URL + ", poll: {uri: x}", ":1: [0].poll.uri: there is no setting 'uri'");
    }

    @Test
    void secretsAreNotWrittenDownAndMustBeThere() {
        assertWrong(URL + ", auth: {bearer: sesame}", "a secret is not written down here: write {env: NAME}");
        assertWrong(URL + ", auth: {bearer: {env: NO_SUCH_VARIABLE}}", "NO_SUCH_VARIABLE is missing: provide it");
        assertWrong(URL + ", auth: {bearer: {file: no/such}}", "file no/such is missing");
        assertWrong(URL + ", auth: {bearer: {env: A, file: b}}", "write {env: NAME}");
        assertWrong(URL + ", auth: {header: X}", "auth is one of");
        assertWrong(URL + ", auth: {header: Host, value: {env: PATH}}", "auth.header 'Host' cannot be set");
        assertThatThrownBy(() -> TestTools.one(entry(URL + ", auth: {bearer: sesame}")))
                .message()
                .doesNotContain("sesame");
    }

    private static void assertWrong(String settings, String part) {
        assertThatThrownBy(() -> TestTools.one(entry(settings)))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageContaining(part);
    }

    private static String entry(String settings) {
        return "[{type: http, name: a, " + settings + "}]";
    }
}
