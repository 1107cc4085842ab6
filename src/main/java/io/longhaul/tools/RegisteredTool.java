package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.params.ParamError;
import io.longhaul.tools.params.ParamsSchema;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.time.Duration;
import java.util.List;

/** A tool with its policy and its compiled schema, as the rest of the server sees it. */
public final class RegisteredTool {
    private static final List<ParamError> NO_OBJECT = List.of(new ParamError("", "must be an object"));

    /** For a tool whose schema is empty. */
    private static final long BYTES_AT_LEAST = 4_000;

    private final Tool tool;
    private final ToolDescription description;
    private final ToolPolicy policy;
    private final ParamsSchema schema;
    private final FileParams files;
    private final String origin;

    /**
     * Checks the tool's name and compiles its schema.
     *
     * @param origin where the tool comes from, for messages: a file's name or "built in"
     * @throws ToolConfigurationException if the name or the schema is invalid
     */
    public RegisteredTool(Tool tool, ToolPolicy policy, String origin) {
        this.tool = tool;
        this.description = tool.description();
        this.policy = policy;
        this.origin = origin;
        ToolFactory.checkName(description.name());
        this.schema = ParamsSchema.compile(description.paramsSchema());
        this.files = FileParams.of(description.paramsSchema());
    }

    public String name() {
        return description.name();
    }

    public ToolDescription description() {
        return description;
    }

    /** Estimate of the memory that the tool takes, in bytes. */
    long weight() {
        return BYTES_AT_LEAST + schema.weight() + description.description().length();
    }

    public ToolPolicy policy() {
        return policy;
    }

    /** True for {@code type: remote}: only workers that claim over HTTP run its jobs. */
    public boolean isRemote() {
        return tool instanceof RemoteTool;
    }

    /** File in which the tool is defined, or "built in". */
    public String origin() {
        return origin;
    }

    /**
     * Checks params against the schema and against what can be stored. They must be an object even if the schema allows
     * other values, as predecessors' results and MCP assume.
     *
     * @return at most 100 errors
     */
    public List<ParamError> check(JsonNode params) {
        return params.isObject() ? withFiles(schema.check(params), params) : NO_OBJECT;
    }

    /**
     * Checks params of which some places are not known yet: leaves out those places, whatever depends on them, and
     * choices between schemas.
     *
     * @param unknown true in each of the places, below the names and indexes that lead to it; missing if there is none
     * @param mostZeros how many zeros the exponents of all numbers may stand for together
     * @return errors that no value in those places can cure, at most 100
     */
    public List<ParamError> check(JsonNode params, JsonNode unknown, long mostZeros) {
        return params.isObject() ? withFiles(schema.check(params, unknown, mostZeros), params) : NO_OBJECT;
    }

    private List<ParamError> withFiles(List<ParamError> errors, JsonNode params) {
        return errors.isEmpty() && files.any() ? files.check(params) : errors;
    }

    public FileParams files() {
        return files;
    }

    /** The time that a call may take to stop; zero if the tool gives none or a negative one. */
    public Duration stopTime() {
        Duration said = tool.stopTime();
        return said == null || said.isNegative() ? Duration.ZERO : said;
    }

    /**
     * Runs the tool.
     *
     * @return its answer, which may be null, too large or not storable
     * @throws Exception as the tool throws it
     */
    public ToolResult call(ToolCall call) throws Exception {
        return tool.call(call);
    }
}
