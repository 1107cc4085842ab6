package example;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;

/** The other strand of a DNA sequence. */
public final class ReverseComplement implements Tool {
    private static final String BASES = "ACGTacgtNn";
    private static final String OTHERS = "TGCAtgcaNn";

    @Override
    public ToolDescription description() {
        try {
            return new ToolDescription(
                    "dna.reverse_complement",
                    "The reverse complement of a DNA sequence.",
                    new ObjectMapper().readTree("""
                            {"type": "object",
                             "properties": {"sequence": {"type": "string", "description": "Letters A, C, G, T and N."}},
                             "required": ["sequence"], "additionalProperties": false}"""));
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public ToolResult call(ToolCall call) throws InterruptedException {
        String sequence = call.params().path("sequence").textValue();
        StringBuilder other = new StringBuilder(sequence.length());
        for (int i = sequence.length() - 1; i >= 0; i--) {
            // A cancelled job interrupts its thread; work that never waits has to look.
            if (i % 100_000 == 0 && Thread.interrupted()) {
                throw new InterruptedException();
            }
            int base = BASES.indexOf(sequence.charAt(i));
            if (base < 0) {
                return ToolResult.failure(
                        FailureKind.INVALID_PARAMS,
                        "'" + sequence.charAt(i) + "' at position " + (i + 1) + " is no base: send A, C, G, T or N.");
            }
            other.append(OTHERS.charAt(base));
        }
        call.log(sequence.length() + " bases");
        return ToolResult.success(JsonNodeFactory.instance.objectNode().put("sequence", other.toString()));
    }
}
