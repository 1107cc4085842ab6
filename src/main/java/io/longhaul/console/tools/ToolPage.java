package io.longhaul.console.tools;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.intake.Submissions;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.console.FormData;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.console.Visitor;
import io.longhaul.console.jobs.JobRow;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One tool: what it does, the form that submits a job for it, and its latest jobs. */
@Path(Paths.TOOLS + "/{name}")
@Produces("text/html;charset=utf-8")
public final class ToolPage {
    private static final int RECENT = 10;

    private final ToolRegistry tools;
    private final PausedTools paused;
    private final Reads reads;
    private final Submissions submissions;
    private final int mostBytes;

    /** @param mostBytes largest body of a submit */
    public ToolPage(ToolRegistry tools, PausedTools paused, Reads reads, Submissions submissions, int mostBytes) {
        this.tools = tools;
        this.paused = paused;
        this.reads = reads;
        this.submissions = submissions;
        this.mostBytes = mostBytes;
    }

    /** Shows the tool, with the params of a former run if one is named. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery("from")
    public Page show(@PathParam("name") String name, @Context UriInfo uri, @Context HttpServletRequest request) {
        RegisteredTool tool = find(name, request);
        QueryParameters query = new QueryParameters(uri);
        UUID from = query.id("from");
        query.check();
        return page(tool, new SubmitForm(tool).filled(former(Optional.ofNullable(from), request)), request);
    }

    /** Submits a job as the API does, and shows it; or shows the form again with what is wrong. */
    @POST
    @RequiresRole(Role.SUBMIT)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response submit(@PathParam("name") String name, InputStream body, @Context HttpServletRequest request) {
        RegisteredTool tool = find(name, request);
        FormData form = FormData.read(body, request, 2 * mostBytes);
        SubmitForm submit = new SubmitForm(tool);
        try {
            Job job = submitted(submit, form, request);
            String compared =
                    Ids.parse(form.text("from")).map(from -> "?compare=" + from).orElse("");
            return Response.seeOther(URI.create(Paths.JOBS + "/" + job.id() + compared))
                    .build();
        } catch (RefusedException e) {
            Job former = former(Ids.parse(form.text("from")), request);
            return Response.status(e.refusal().status())
                    .entity(page(tool, submit.refused(form, former, e.refusal()), request))
                    .build();
        }
    }

    /** Options are looked at before the params, whose errors the form finds again by itself: all are told at once. */
    private Job submitted(SubmitForm submit, FormData form, HttpServletRequest request) {
        submit.requireJson(form);
        byte[] body = submit.body(form).getBytes(StandardCharsets.UTF_8);
        submissions.check(new ByteArrayInputStream(body), request);
        submit.requireReadable(form);
        return submissions.submit(new ByteArrayInputStream(body), request).job();
    }

    /** The former run; null if none is named, it was removed, or it is another's. */
    private Job former(Optional<UUID> id, HttpServletRequest request) {
        return id.flatMap(former -> reads.with(JobQueries.class, queries -> queries.find(former)))
                .filter(Caller.of(request)::sees)
                .orElse(null);
    }

    private RegisteredTool find(String name, HttpServletRequest request) {
        return tools.find(name)
                .filter(tool -> Visitor.of(request).mayUse(name))
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.TOOL_NOT_FOUND,
                        "There is no tool of this name." + tools.hint(name, Visitor.of(request)::mayUse)
                                + " The page Tools lists those there are."));
    }

    private Page page(RegisteredTool tool, ToolView.Form form, HttpServletRequest request) {
        ToolView view = new ToolView(
                ToolText.about(tool, paused),
                form,
                recent(tool.name(), request),
                ToolCommands.of(
                        request, tool.name(), form.json().params().get(0).value()));
        return new Page("tool", tool.name(), Section.TOOLS, view);
    }

    private List<JobRow> recent(String tool, HttpServletRequest request) {
        JobFilter filter = Caller.of(request).visible(JobFilter.ALL.by(JobFilter.By.TOOL, tool));
        List<Job> jobs = reads.inTime(
                JobQueries.class,
                queries -> queries.page(
                        filter.conditions(), filter.order().sql(), filter.values(), false, false, RECENT, 0));
        return jobs == null ? null : JobRow.of(jobs, job -> false, reads);
    }
}
