package io.longhaul.api.access;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.environment.Program;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.tools.params.NearestName;
import java.util.List;

/** Refuses submissions that a caller may not make, with the errors of the HTTP API. */
public final class CallerCheck {
    private CallerCheck() {}

    /** Makes the caller the owner of a submission. Refuses tools that it may not use, and jobs and files that it may not see. */
    public static Submission own(Caller caller, Submission submission) {
        requireTool(caller, submission.tool());
        try {
            return caller.own(submission);
        } catch (SubmissionRejected e) {
            throw new RefusedException(e, submission.tool());
        }
    }

    /** Refuses a tool that is not on the list of its key. The refusal does not tell whether the tool exists. */
    public static void requireTool(Caller caller, String tool) {
        if (!caller.principal().mayUse(tool)) {
            throw new RefusedException(forbidden(caller, tool));
        }
    }

    private static Refusal forbidden(Caller caller, String tool) {
        return Refusal.of(
                ErrorCode.TOOL_FORBIDDEN,
                caller.principal().name() + " may not use the tool " + Ids.shown(tool)
                        + "."
                        + NearestName.of(tool, caller.principal().tools())
                                .map(meant -> " Did you mean " + meant + "?")
                                .orElse("")
                        + " GET /v1/mcp/tools lists those that it may; "
                        + Program.commandOfServer("key create --name NAME --tools TOOLS")
                        + ", makes keys with other lists.",
                tool,
                List.of(new FieldError("/tool", "is not a tool that this key may use")));
    }
}
