package io.longhaul.auth.ownership;

import io.longhaul.auth.MissingRoleException;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.sql.JobFilter;
import jakarta.servlet.http.HttpServletRequest;

/**
 * The caller of a request, over HTTP or MCP.
 *
 * @param principal the caller
 * @param seesAll whether it may see the jobs of others
 * @param ownership checks the jobs and files in its submissions; null if that is never needed
 */
public record Caller(Principal principal, boolean seesAll, SubmissionOwnership ownership) {
    /** The request attribute with the caller. */
    private static final String ATTRIBUTE = Caller.class.getName();

    private static final Caller ANYBODY = new Caller(Principal.ANYBODY, true, null);

    /** The caller of a request; anybody if the server installs no authentication. */
    public static Caller of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Caller set ? set : ANYBODY;
    }

    /** Sets this as the request's caller. */
    public void on(HttpServletRequest request) {
        principal.on(request);
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

    /**
     * Makes it the owner of a submission.
     *
     * @throws SubmissionRejected if the submission names jobs or files that it may not see
     */
    public Submission own(Submission submission) throws SubmissionRejected {
        if (name() == null) {
            return submission;
        }
        Submission owned = submission.ownedBy(name()).limitedTo(principal.tools());
        if (!seesAll) {
            ownership.require(owned, name());
        }
        return owned;
    }

    /** Refuses a caller without the role. */
    public void require(Role needed) {
        if (!principal.may(needed)) {
            throw new MissingRoleException(principal, needed);
        }
    }

    /** The owner of what it creates, or null for anybody. */
    public String name() {
        return principal.equals(Principal.ANYBODY) ? null : principal.name();
    }
}
