import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;

/** A tool that takes all memory of its node, keeps it for five seconds, and fails for want of more. */
public class Eater implements Tool {
    @Override
    public ToolDescription description() {
        return new ToolDescription("eat", "Takes all memory.", new ObjectMapper().createObjectNode());
    }

    @Override
    public ToolResult call(ToolCall call) throws Exception {
        List<byte[]> eaten = new ArrayList<>();
        try {
            while (true) {
                eaten.add(new byte[64 * 1024]);
            }
        } catch (OutOfMemoryError full) {
            Thread.sleep(5_000);
            throw new IllegalStateException("ate " + eaten.size() * 64 + " KiB", full);
        }
    }
}
