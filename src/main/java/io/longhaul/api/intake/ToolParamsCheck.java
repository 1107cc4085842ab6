package io.longhaul.api.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.longhaul.jobs.intake.References;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionCheck;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.SubmissionRejected.Field;
import io.longhaul.jobs.intake.SubmissionRejected.Reason;
import io.longhaul.json.TreeMemory;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.params.ParamsJson;
import java.util.List;

/** Checks that the tool of a submission exists and that the params match its schema. */
public final class ToolParamsCheck implements SubmissionCheck {
    private final ToolRegistry tools;
    private final int maxBytes;

    /** Limits the size of params when their numbers are written out. */
    public ToolParamsCheck(ToolRegistry tools, int maxBytes) {
        this.tools = tools;
        this.maxBytes = maxBytes;
    }

    @Override
    public void check(Submission submission) throws SubmissionRejected {
        RegisteredTool tool = tools.find(submission.tool())
                .orElseThrow(() -> new SubmissionRejected(
                        Reason.UNKNOWN_TOOL,
                        "There is no tool named " + submission.tool() + "."
                                + tools.hint(submission.tool(), submission::mayKnow)
                                + " GET /v1/mcp/tools lists those there are.",
                        List.of(new Field("/tool", "is not the name of a tool"))));
        List<Field> wrong = TreeMemory.OF_HEAP.with(submission.params(), () -> wrong(submission, tool));
        if (!wrong.isEmpty()) {
            throw new SubmissionRejected(
                    Reason.INVALID_PARAMS,
                    "The params do not fit the tool " + submission.tool() + ": "
                            + wrong.get(0).pointer() + " " + wrong.get(0).message() + ".",
                    wrong);
        }
    }

    private List<Field> wrong(Submission submission, RegisteredTool tool) {
        JsonNode params = ParamsJson.parse(submission.params());
        long maxZeros = Math.max(0, maxBytes - submission.params().length());
        return tool.check(params, unknown(submission, params), maxZeros).stream()
                .map(error -> new Field("/params" + error.pointer(), error.message()))
                .toList();
    }

    /** References to results that are not there yet; the params are checked as a whole when they are. */
    private static JsonNode unknown(Submission submission, JsonNode params) {
        return submission.extras().after().isEmpty() ? MissingNode.getInstance() : References.places(params);
    }
}
