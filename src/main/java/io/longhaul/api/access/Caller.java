package io.longhaul.api.access;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.sql.JobFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/**
 * The caller of a request.
 *
 * @param principal the caller
 * @param seesAll whether it may see the jobs of others
 * @param ownership checks the jobs and files in its submissions; null if that is never needed
 */
public record Caller(Principal principal, boolean seesAll, OwnershipCheck ownership) {
    /** The request attribute with the caller. */
    static final String ATTRIBUTE = Caller.class.getName();

    private static final Caller ANYBODY = new Caller(Principal.ANYBODY, true, null);

    /** The caller of a request; anybody where {@link AccessFilter} is not installed. */
    public static Caller of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Caller set ? set : ANYBODY;
    }

    /** Sets this as the request's caller. */
    void on(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    public boolean sees(Job job) {
        return seesAll || owns(job);
    }

    /** A caller may see more jobs than it may change. */
    public boolean mayChange(Job job) {
        return principal.may(Role.OPERATE) || owns(job);
    }

    private boolean owns(Job job) {
        return name() != null && name().equals(job.extras().principal());
    }

    /** Leaves out the jobs that it may not see. */
    public JobFilter visible(JobFilter filter) {
        return seesAll ? filter : filter.by(JobFilter.By.PRINCIPAL, principal.name());
    }

    /** Makes it the owner of a submission. Refuses tools that it may not use, and jobs and files that it may not see. */
    public Submission own(Submission submission) {
        if (name() == null) {
            return submission;
        }
        requireTool(submission.tool());
        if (!seesAll) {
            ownership.require(submission, name());
        }
        return submission.ownedBy(name());
    }

    /** Refuses a tool that is not on the list of its key. The refusal does not tell whether the tool exists. */
    public void requireTool(String tool) {
        if (!principal.mayUse(tool)) {
            throw new RefusedException(forbidden(tool));
        }
    }

    Refusal forbidden(String tool) {
        return Refusal.of(
                ErrorCode.TOOL_FORBIDDEN,
                principal.name() + " may not use the tool " + Ids.shown(tool)
                        + ". GET /v1/mcp/tools lists those that it may; `java -jar app.jar key create --tools` makes keys"
                        + " with other lists.",
                tool,
                List.of(new FieldError("/tool", "is not a tool that this key may use")));
    }

    /** The owner of what it creates, or null for anybody. */
    public String name() {
        return principal.equals(Principal.ANYBODY) ? null : principal.name();
    }
}
