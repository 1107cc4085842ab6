package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.params.ParamError;
import io.longhaul.tools.params.ParamsSchema;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.params.Storable.NotStorableException;
import io.longhaul.tools.params.Storable.TooLongException;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** A tool with its policies and its compiled schema; what the rest of the server sees of it. */
public final class RegisteredTool {
    private static final List<ParamError> NO_OBJECT = List.of(new ParamError("", "must be an object"));

    /** Of one whose schema says nothing. */
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
     * @param tool what does the work
     * @param policy how it is run
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

    /**
     * What clients call it.
     *
     * @return the tool's name
     */
    public String name() {
        return description.name();
    }

    /**
     * What clients see of it.
     *
     * @return name, description and schema
     */
    public ToolDescription description() {
        return description;
    }

    /** About how many bytes of memory it takes for as long as there is such a tool. */
    long weight() {
        return BYTES_AT_LEAST + schema.weight() + description.description().length();
    }

    /**
     * How it is run.
     *
     * @return its policies
     */
    public ToolPolicy policy() {
        return policy;
    }

    /**
     * Whether its jobs are only done by workers that claim them over HTTP.
     *
     * @return true for {@code type: remote}
     */
    public boolean isRemote() {
        return tool instanceof RemoteTool;
    }

    /**
     * Where it was defined.
     *
     * @return a file's name or "built in"
     */
    public String origin() {
        return origin;
    }

    /**
     * Checks params against the tool's schema and against what can be stored. They are an object whatever its schema says,
     * as the predecessor's and MCP's are.
     *
     * @param params any JSON
     * @return what is wrong, at most 100 places; empty if nothing is
     */
    public List<ParamError> check(JsonNode params) {
        return params.isObject() ? withFiles(schema.check(params), params) : NO_OBJECT;
    }

    /**
     * Checks params of which some places are not known yet, as far as that goes: not those places, nothing that depends on
     * them, and nothing within a choice of schemas.
     *
     * @param params any JSON
     * @param unknown JSON pointers to the places
     * @param mostZeros how many zeros the exponents of all numbers may stand for together
     * @return what is wrong whatever comes there, at most 100 places
     */
    public List<ParamError> check(JsonNode params, Collection<String> unknown, long mostZeros) {
        return params.isObject() ? withFiles(schema.check(params, unknown, mostZeros), params) : NO_OBJECT;
    }

    private List<ParamError> withFiles(List<ParamError> errors, JsonNode params) {
        return errors.isEmpty() && files.any() ? files.check(params) : errors;
    }

    /**
     * Which of its params are files.
     *
     * @return told by its schema
     */
    public FileParams files() {
        return files;
    }

    /**
     * How long a call may take to stop.
     *
     * @return a short time, or nothing where the tool says nothing sensible
     */
    public Duration stopTime() {
        Duration said = tool.stopTime();
        return said == null || said.isNegative() ? Duration.ZERO : said;
    }

    /**
     * Runs the tool. Its answer is such that it can be stored: within the size limit, one JSON value, no NUL
     * characters or lone surrogates (they become U+FFFD).
     *
     * @param call the call
     * @return the tool's answer, or the failure that says why it cannot be kept
     * @throws Exception what the tool throws
     */
    public ToolResult call(ToolCall call) throws Exception {
        ToolResult result = tool.call(call);
        if (result instanceof ToolResult.Success success) {
            // For tools that did not: checking a result takes a multiple of its size.
            call.makeRoom(success.json().length());
        }
        return storable(result);
    }

    /**
     * Makes an answer such that it can be stored: within the size limit, one JSON value, no NUL characters or lone
     * surrogates (they become U+FFFD).
     *
     * @param result what the tool answered, or null
     * @return the answer, or the failure that says why it cannot be kept
     */
    public ToolResult storable(ToolResult result) {
        if (result instanceof ToolResult.Success success) {
            return storableSuccess(success);
        }
        if (result instanceof ToolResult.Failure failure) {
            return new ToolResult.Failure(
                    failure.kind(), Storable.text(failure.message()), failure.retryable(), failure.retryAfter());
        }
        return ToolResult.failure(FailureKind.TOOL_ERROR, "The tool answered nothing: a bug in the tool.");
    }

    private ToolResult storableSuccess(ToolResult.Success success) {
        String json = success.json();
        if (isTooLarge(json)) {
            return tooLarge();
        }
        try {
            String clean = Storable.json(json, policy.maxResultBytes());
            // The same string again means unchanged; the common case makes no garbage.
            return clean.equals(json) ? success : new ToolResult.Success(clean);
        } catch (TooLongException e) {
            return tooLarge();
        } catch (NotStorableException e) {
            return new ToolResult.Failure(FailureKind.TOOL_ERROR, "The result " + e.getMessage() + ".", false);
        }
    }

    /**
     * The failure of an attempt whose result is larger than allowed.
     *
     * @return the failure
     */
    public ToolResult tooLarge() {
        return ToolResult.failure(
                FailureKind.RESULT_TOO_LARGE,
                "The result is larger than the %d bytes this tool allows, its numbers written out: return less, or raise max_result."
                        .formatted(policy.maxResultBytes()));
    }

    private boolean isTooLarge(String json) {
        long most = policy.maxResultBytes();
        // A UTF-16 unit takes one to three bytes, so the exact count is seldom needed.
        return json.length() > most
                || (json.length() * 3L > most && json.getBytes(StandardCharsets.UTF_8).length > most);
    }
}
