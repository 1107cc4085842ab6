package io.longhaul.tools.inprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import org.junit.jupiter.api.Test;

/** The built-in tools, and Java classes by name. */
final class BuiltInTest {
    private final ToolRegistry registry = ToolRegistry.of(BuiltIn.tools());

    @Test
    void pingEchoAndSleepAreThere() {
        assertThat(registry.names()).containsExactly("echo", "ping", "sleep");
    }

    @Test
    void pingAnswers() throws Exception {
        assertThat(registry.find("ping").orElseThrow().call(new RecordedCall("{\"any\": 1}")))
                .isEqualTo(new ToolResult.Success("{\"pong\":true}"));
    }

    @Test
    void sleepSleepsAndReportsProgress() throws Exception {
        RecordedCall call = new RecordedCall("{\"seconds\": 0.05}");
        long start = System.nanoTime();
        assertThat(registry.find("sleep").orElseThrow().call(call))
                .isEqualTo(new ToolResult.Success("{\"slept_seconds\":0.05}"));
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000);
        assertThat(call.progress())
                .startsWith(new RecordedCall.Progress(0, null))
                .endsWith(new RecordedCall.Progress(1, null));
    }

    @Test
    void sleepCanBeCancelled() throws Exception {
        RecordedCall call = new RecordedCall("{\"seconds\": 86400}");
        call.start(registry.find("sleep").orElseThrow());
        call.runActions();
        call.awaitEnd();
    }

    @Test
    void sleepChecksItsParams() throws Exception {
        for (String wrong : new String[] {
            "{}",
            "{\"seconds\": -1}",
            "{\"seconds\": 86401}",
            "{\"seconds\": \"1\"}",
            "{\"seconds\": 1, \"x\": 1}",
            "[]"
        }) {
            assertThat(registry.find("sleep").orElseThrow().check(RecordedCall.JSON.readTree(wrong)))
                    .as(wrong)
                    .hasSize(1);
        }
        assertThat(registry.find("sleep").orElseThrow().check(RecordedCall.JSON.readTree("{\"seconds\": 0.5}")))
                .isEmpty();
    }

    @Test
    void aJavaClassIsATool() throws Exception {
        RegisteredTool tool =
                TestTools.one("- {type: java, name: shout, class: " + Shout.class.getName() + ", timeout: 1s}");
        assertThat(tool.call(new RecordedCall("\"hey\""))).isEqualTo(new ToolResult.Success("\"HEY\""));
        assertThat(tool.policy().timeout()).hasSeconds(1);
    }

    @Test
    void aWrongJavaEntrySaysTheCure() {
        assertWrong("{type: java, name: shout, class: no.such.Tool}", "is not on the class path: add its jar");
        assertWrong("{type: java, name: shout, class: java.lang.String}", "it must implement " + Tool.class.getName());
        assertWrong("{type: java, name: other, class: " + Shout.class.getName() + "}", "write name: shout");
        assertWrong("{type: java, name: other}", "no such tool on the class path, only []");
        assertWrong("{type: java, name: other, params: {}}", "remove description and params");
    }

    private static void assertWrong(String entry, String message) {
        assertThatThrownBy(() -> TestTools.one("- " + entry))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageContaining(message);
    }

    /** A tool as a third party would write it. */
    public static final class Shout implements Tool {
        @Override
        public ToolDescription description() {
            return new ToolDescription(
                    "shout", "Upper case.", RecordedCall.JSON.createObjectNode().put("type", "string"));
        }

        @Override
        public ToolResult call(ToolCall call) {
            return new ToolResult.Success("\"" + call.params().textValue().toUpperCase(java.util.Locale.ROOT) + "\"");
        }
    }
}
