package io.longhaul.console.jobs;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.api.jobs.LogFilter;
import io.longhaul.api.jobs.LogReader;
import io.longhaul.api.jobs.LogReader.Part;
import io.longhaul.auth.Role;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.console.Words;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The log of a job, part by part. Each part is found by its line number, however long the log is. */
@Path(Paths.JOBS + "/{id}/logs")
@Produces("text/html;charset=utf-8")
public final class LogPage {
    static final int LINES = 200;

    private final Reads reads;
    private final LogReader logs;

    public LogPage(Reads reads, LogReader logs) {
        this.reads = reads;
        this.logs = logs;
    }

    /** Shows the end of the log, a place in it, or the lines that a search finds. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery({"attempt", "q", "errors", "line", "after", "before"})
    public Page show(@PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
        Job job = job(id, request);
        LogQuery query = LogQuery.of(job.id(), uri);
        Part part = part(query);
        if (query.attempt() != null && query.attempt() > job.attempt()) {
            return page(job, query, part, missing(job, query.attempt()), null, request);
        }
        boolean isMissing =
                query.line() != null && part.lines().stream().noneMatch(line -> line.lineNo() == query.line());
        return isMissing ? elsewhere(job, query, part, request) : page(job, query, part, null, null, request);
    }

    private static String missing(Job job, int attempt) {
        return "There is no attempt " + attempt + ": the job "
                + (job.attempt() == 0
                        ? "has not begun."
                        : "has had " + Words.count(job.attempt(), "attempt", "attempts") + ".");
    }

    /** A line has one number, whichever attempt is shown; one that the chosen attempt has not may be of another. */
    private Page elsewhere(Job job, LogQuery query, Part part, HttpServletRequest request) {
        Optional<LogLine> other =
                logs
                        .first(job.id(), new LogFilter(null, "", false), query.line() - 1, query.line() + 1, 1)
                        .lines()
                        .stream()
                        .filter(line -> line.lineNo() == query.line())
                        .findFirst();
        return page(
                job,
                query,
                part,
                other.map(line -> "Line " + query.line() + " is of attempt " + line.attempt() + ", not of attempt "
                                + query.attempt() + ".")
                        .orElse("Line " + query.line() + " is not in this log."),
                other.map(line -> new LogQuery(job.id(), line.attempt(), "", false, null, null, null).at(line.lineNo()))
                        .orElse(null),
                request);
    }

    /** Leads to the first line that looks like an error. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery("attempt")
    @Path("/first-error")
    public Response firstError(@PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
        return error(id, uri, false, request);
    }

    /** Leads to the last one. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery("attempt")
    @Path("/last-error")
    public Response lastError(@PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
        return error(id, uri, true, request);
    }

    private Response error(String id, UriInfo uri, boolean last, HttpServletRequest request) {
        Job job = job(id, request);
        LogQuery query = LogQuery.of(job.id(), uri);
        LogFilter wanted = query.filter().ofErrors();
        Part found = last
                ? logs.last(job.id(), wanted, 0, Long.MAX_VALUE, 1)
                : logs.first(job.id(), wanted, 0, Long.MAX_VALUE, 1);
        if (!found.lines().isEmpty()) {
            return to(query.at(found.lines().get(0).lineNo()));
        }
        return found.complete()
                ? Response.ok(page(job, query, part(query), "No line of this log looks like an error.", null, request))
                        .build()
                : to(query.errors(last ? null : found.highest(), last ? found.lowest() : null));
    }

    private static Response to(String address) {
        return Response.seeOther(URI.create(address)).build();
    }

    private Job job(String id, HttpServletRequest request) {
        return reads.with(JobQueries.class, queries -> JobResource.row(queries, id, request));
    }

    private static Page page(
            Job job, LogQuery query, Part part, String note, String other, HttpServletRequest request) {
        return new Page(
                "log",
                "Log of " + job.tool() + " " + job.id().toString().substring(0, 8),
                Section.JOBS,
                new LogView(job, query, part, note, other, JobCommands.log(request, query)));
    }

    private Part part(LogQuery query) {
        if (query.line() != null) {
            return around(query);
        }
        return query.before() != null || query.isEnd()
                ? logs.last(
                        query.job(), query.filter(), 0, query.before() == null ? Long.MAX_VALUE : query.before(), LINES)
                : logs.first(
                        query.job(), query.filter(), query.after() == null ? 0 : query.after(), Long.MAX_VALUE, LINES);
    }

    /** The line in the middle, and its neighbours. */
    private Part around(LogQuery query) {
        LogFilter all = new LogFilter(query.attempt(), "", false);
        Part before = logs.last(query.job(), all, 0, query.line(), LINES / 2);
        Part behind = logs.first(query.job(), all, query.line() - 1, Long.MAX_VALUE, LINES / 2);
        List<LogLine> lines = new ArrayList<>(before.lines());
        lines.addAll(behind.lines());
        return new Part(lines, before.complete() ? 1 : before.lowest(), behind.highest(), behind.complete());
    }
}
