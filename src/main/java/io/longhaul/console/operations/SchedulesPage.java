package io.longhaul.console.operations;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.Slice;
import io.longhaul.auth.Role;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.console.Section;
import io.longhaul.schedules.Schedule;
import io.longhaul.schedules.Schedules;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** The schedules, with their last and next runs. */
@Path(Paths.SCHEDULES)
@Produces("text/html;charset=utf-8")
public final class SchedulesPage {
    private static final int ROWS = 50;

    private final Reads reads;

    public SchedulesPage(Reads reads) {
        this.reads = reads;
    }

    /** Shows those whose names come after a name. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery("after")
    public Page show(@QueryParam("after") String after, @Context HttpServletRequest request) {
        String from = after == null ? "" : after.replace("\0", "");
        List<Schedule> found = reads.with(Schedules.class, schedules -> schedules.page(from, ROWS + 1));
        Slice<Schedule> page = Slice.of(found, ROWS);
        String next = page.hasNext()
                ? Paths.SCHEDULES + "?after=" + URLEncoder.encode(page.last().name(), StandardCharsets.UTF_8)
                : null;
        return new Page(
                "schedules",
                "Schedules",
                Section.SCHEDULES,
                new SchedulesView(page.items(), next, WholeCommands.schedules(request), Instant.now()));
    }
}
