package io.longhaul.mcp;

import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;

/**
 * Whose a request is, and what of others it may see.
 *
 * @param principal who
 * @param seesAll whether the jobs of all are shown to it
 */
record Caller(Principal principal, boolean seesAll) {
    private static final int FORBIDDEN = 403;

    boolean sees(Job job) {
        return seesAll || owns(job);
    }

    /** Seeing is not enough to change a job. */
    boolean mayChange(Job job) {
        return principal.may(Role.OPERATE) || owns(job);
    }

    private boolean owns(Job job) {
        return name() != null && name().equals(job.extras().principal());
    }

    /** Leaves the jobs of others out. */
    JobFilter visible(JobFilter filter) {
        return seesAll ? filter : filter.by(JobFilter.By.PRINCIPAL, principal.name());
    }

    /** Under which name its jobs are kept; null for anybody. */
    String name() {
        return isKnown() ? principal.name() : null;
    }

    /** Whether it has said who it is. */
    boolean isKnown() {
        return !principal.equals(Principal.ANYBODY);
    }

    /** Refuses one without the role. */
    void require(Role needed) {
        if (!principal.may(needed)) {
            throw new RpcError(
                            RpcError.INVALID_REQUEST,
                            "This needs the role " + needed.word() + ", and " + principal.name() + " has "
                                    + principal.role().word() + ". Use a key or token that has the role.")
                    .withStatus(FORBIDDEN)
                    .withData(Rpc.object().put("error_code", "MISSING_ROLE"));
        }
    }
}
