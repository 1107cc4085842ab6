package io.longhaul.tools.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever a tool ends with, its secrets are not in it. */
final class SecretScrubbingToolTest {
    private record Failing(AssertionError error) implements Tool {
        @Override
        public ToolDescription description() {
            return new ToolDescription("fails", "Fails.", JsonNodeFactory.instance.objectNode());
        }

        @Override
        public ToolResult call(ToolCall call) {
            throw error;
        }
    }

    private static ToolResult result(String message) throws Exception {
        AssertionError error = message == null ? new AssertionError() : new AssertionError(message);
        return SecretScrubbingTool.of(new Failing(error), () -> List.of("hushhush"))
                .call(new RecordedCall("{}"));
    }

    @Test
    void anErrorThatQuotesASecretIsCleaned() throws Exception {
        assertThat(result("what is hushhush?")).isEqualTo(ToolResult.failure(FailureKind.TOOL_ERROR, "what is ***?"));
    }

    @Test
    void anErrorWithoutAMessageIsNamed() throws Exception {
        assertThat(result(null)).isEqualTo(ToolResult.failure(FailureKind.TOOL_ERROR, "AssertionError"));
    }
}
