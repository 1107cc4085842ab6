package io.longhaul.console.jobs;

import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.intake.RetryResource;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.api.jobs.JobResource.CancelAnswer;
import io.longhaul.auth.Role;
import io.longhaul.console.FormData;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Section;
import io.longhaul.database.faults.DatabaseFault;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cancels or repeats the selected jobs of a list, one by one, by the API's own endpoints. */
@Path(Paths.JOBS + "/selected")
@Produces("text/html;charset=utf-8")
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
public final class SelectedJobs {
    /** As many as a page has rows. */
    private static final int MOST = JobsPage.ROWS;

    private static final int LONGEST_FORM = 20_000;
    private static final String UNKNOWN = "The database failed. Look at the job, and try again if nothing was done.";
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.console");

    private final JobResource jobs;
    private final RetryResource retries;

    public SelectedJobs(JobResource jobs, RetryResource retries) {
        this.jobs = jobs;
        this.retries = retries;
    }

    /** Does it, and shows what became of each. */
    @POST
    @RequiresRole(Role.SUBMIT)
    public Page change(InputStream body, @Context HttpServletRequest request) {
        FormData form = FormData.read(body, request, LONGEST_FORM);
        List<String> ids = form.all("id");
        if (ids.size() > MOST) {
            throw new RefusedException(
                    ErrorCode.BAD_REQUEST,
                    "At most " + MOST + " jobs can be selected, as many as a page shows; these are " + ids.size()
                            + ". To change more, change all that match a filter.");
        }
        boolean cancels = form.text("action").equals("cancel");
        List<OutcomesView.Outcome> outcomes = new ArrayList<>();
        boolean goesOn = true;
        for (String id : ids) {
            try {
                outcomes.add(goesOn ? outcome(id, cancels, form.text("once"), request) : untried(id));
            } catch (JdbiException e) {
                LOG.warn("Job {} could not be changed", id, e);
                // One that is refused by itself stands in the way of no other.
                goesOn = DatabaseFault.of(e).refuses();
                outcomes.add(new OutcomesView.Outcome(id, "failed", UNKNOWN, null));
            }
        }
        String done = cancels ? "Cancelled jobs" : "Jobs run again";
        String title = ids.isEmpty() ? "No job was selected" : done;
        return new Page("outcomes", title, Section.JOBS, new OutcomesView(title, outcomes));
    }

    private static OutcomesView.Outcome untried(String id) {
        return new OutcomesView.Outcome(id, "skipped", "It was not tried, because the database failed.", null);
    }

    private OutcomesView.Outcome outcome(String id, boolean cancels, String once, HttpServletRequest request) {
        try {
            if (cancels) {
                return cancelled(id, jobs.cancel(id, request));
            }
            String job = JobActions.repeat(retries, id, once, request);
            return new OutcomesView.Outcome(id, "done", "A new job runs it again.", job);
        } catch (RefusedException e) {
            return new OutcomesView.Outcome(id, "failed", e.getMessage(), null);
        }
    }

    private static OutcomesView.Outcome cancelled(String id, CancelAnswer answer) {
        return answer.cancelled()
                ? new OutcomesView.Outcome(id, "done", "It is cancelled.", null)
                : new OutcomesView.Outcome(id, "skipped", "It had ended before: it is " + answer.status() + ".", null);
    }
}
