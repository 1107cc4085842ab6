package io.longhaul.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The plug-in of a {@link Ledger}: writes down each call as its program does, a thousand times as cheaply, and returns its params. */
public final class Tally implements Tool {
    /** How the node is told the file. */
    static final String FILE = "LONGHAUL_TEST_LEDGER";

    /** Not a channel: that would be closed by the interrupt of a call. */
    private final FileOutputStream ledger;

    private final String node = System.getenv("LONGHAUL_NODE");
    private final String process = " " + ProcessHandle.current().pid() + " ";

    /** Called by the node. */
    public Tally() throws IOException {
        ledger = new FileOutputStream(System.getenv(FILE), true);
    }

    @Override
    public ToolDescription description() {
        ObjectNode params = JsonNodeFactory.instance.objectNode().put("type", "object");
        return new ToolDescription("tally", "Writes down that it was called", params);
    }

    @Override
    public ToolResult call(ToolCall call) throws IOException {
        String run = call.jobId() + " " + call.attempt();
        write(run + " " + node + process + uptime());
        String result = call.paramsJson();
        write("end " + run + process + uptime());
        return new ToolResult.Success(result);
    }

    /** One write to a file opened for appending: lines of different processes never mix. */
    private void write(String line) throws IOException {
        ledger.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** What {@code /proc/uptime} says, on Linux. */
    private static double uptime() {
        return System.nanoTime() / 1_000_000 / 1e3;
    }
}
