package io.longhaul.api.access;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobFilter;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.ops.access.Principal;
import io.longhaul.ops.access.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/**
 * Whose a request is, and what of others it may see.
 *
 * @param principal who
 * @param seesAll whether the jobs of all are shown to it
 * @param belongings what it may name in submissions unless it sees all; null where that is not asked
 */
public record Caller(Principal principal, boolean seesAll, OwnershipCheck belongings) {
    /** The request attribute that keeps it. */
    static final String ATTRIBUTE = Caller.class.getName();

    private static final Caller ANYBODY = new Caller(Principal.ANYBODY, true, null);

    /** Whose a request is; anybody's where {@link AccessFilter} has not asked. */
    public static Caller of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Caller set ? set : ANYBODY;
    }

    /** Notes whose a request is. */
    void on(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** Whether it may see a job. */
    public boolean sees(Job job) {
        return seesAll || owns(job);
    }

    /** Whether it may change a job: seeing is not enough. */
    public boolean mayChange(Job job) {
        return principal.may(Role.OPERATE) || owns(job);
    }

    private boolean owns(Job job) {
        return name() != null && name().equals(job.extras().principal());
    }

    /** Leaves the jobs of others out. */
    public JobFilter visible(JobFilter filter) {
        return seesAll ? filter : filter.by(JobFilter.By.PRINCIPAL, principal.name());
    }

    /** Makes a submission its own, or refuses one of a tool that it may not use, or with what it does not see. */
    public Submission own(Submission submission) {
        if (name() == null) {
            return submission;
        }
        requireTool(submission.tool());
        if (!seesAll) {
            belongings.require(submission, name());
        }
        return submission.ownedBy(name());
    }

    /** Refuses the use of a tool that is not on the list of its key; whether there is one of this name is not told. */
    public void requireTool(String tool) {
        if (!principal.mayUse(tool)) {
            throw new RefusedException(forbidden(tool));
        }
    }

    /** Why it may not use a tool. */
    public Refusal forbidden(String tool) {
        return Refusal.of(
                ErrorCode.TOOL_FORBIDDEN,
                principal.name() + " may not use the tool " + Ids.shown(tool)
                        + ". GET /v1/mcp/tools lists those that it may; `java -jar app.jar key create --tools` makes keys"
                        + " with other lists.",
                tool,
                List.of(new FieldError("/tool", "is not a tool that this key may use")));
    }

    /** Whose a file or a schedule that it makes is: its name, or null for anybody. */
    public String name() {
        return principal.equals(Principal.ANYBODY) ? null : principal.name();
    }
}
