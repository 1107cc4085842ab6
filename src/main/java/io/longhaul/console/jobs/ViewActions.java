package io.longhaul.console.jobs;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.views.ViewsResource;
import io.longhaul.auth.Role;
import io.longhaul.console.FormData;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Section;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;

/** Keeps the shown list as a view, asks before it replaces another, and removes views, by the API's own endpoints. */
@Path(Paths.VIEWS)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
public final class ViewActions {
    private static final int LONGEST_FORM = 8_000;

    private final ViewsResource views;

    public ViewActions(ViewsResource views) {
        this.views = views;
    }

    /**
     * A name that another list has.
     *
     * @param name the name
     * @param shared whether all see the view
     * @param before the query that is kept
     * @param query the query that would take its place
     */
    public record Taken(String name, boolean shared, String before, String query) {}

    /** Keeps it for whoever looks at it. */
    @POST
    @RequiresRole(Role.READ)
    public Response keep(InputStream body, @Context HttpServletRequest request) {
        return keep(false, body, request);
    }

    /** Keeps it for all. The query of the address is for the audit log alone. */
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @AnyQuery
    @Path("/shared")
    public Response keepShared(InputStream body, @Context HttpServletRequest request) {
        return keep(true, body, request);
    }

    /** Removes an own view. */
    @POST
    @RequiresRole(Role.READ)
    @Path("/{name}/remove")
    public Response remove(@PathParam("name") String name, @Context HttpServletRequest request) {
        views.remove(name, request);
        return Response.seeOther(URI.create(Paths.JOBS)).build();
    }

    /** Removes a view of all. */
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/shared/{name}/remove")
    public Response removeShared(@PathParam("name") String name) {
        views.removeShared(name);
        return Response.seeOther(URI.create(Paths.JOBS)).build();
    }

    private Response keep(boolean shared, InputStream body, HttpServletRequest request) {
        FormData form = FormData.read(body, request, LONGEST_FORM);
        String name = form.text("name").strip();
        Optional<Taken> taken = form.text("replace").isEmpty()
                ? views.other(shared, name, form.text("query"), request)
                        .map(before -> new Taken(name, shared, before, form.text("query")))
                : Optional.empty();
        if (taken.isPresent()) {
            return Response.status(Response.Status.CONFLICT)
                    .entity(new Page("replace-view", "There is a view of that name", Section.JOBS, taken.get()))
                    .build();
        }
        String query = views.keep(shared, name, form.text("query"), request);
        return Response.seeOther(URI.create(Paths.JOBS + (query.isEmpty() ? "" : "?" + query)))
                .build();
    }
}
