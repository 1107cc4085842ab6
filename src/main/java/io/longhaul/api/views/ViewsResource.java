package io.longhaul.api.views;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.RefusedException;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.views.View;
import io.longhaul.views.ViewStatements;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Keeps lists of jobs by name: own ones, which only their owner sees, and shared ones. */
@Path("/v1/views")
@Produces(MediaType.APPLICATION_JSON)
public final class ViewsResource {
    /** Far more than a menu can show. */
    private static final int MOST = 100;

    private static final int LONGEST_BODY = 20_000;

    private final ViewStatements views;
    private final JsonBodies bodies = new JsonBodies(LONGEST_BODY);

    public ViewsResource(ViewStatements views) {
        this.views = views;
    }

    /**
     * The views of a caller.
     *
     * @param views the own ones and the shared ones, by name
     */
    record ViewList(List<ViewRepresentation> views) {}

    /** Lists the caller's own views and the shared ones. */
    @Operation(
            id = "listViews",
            tag = "Views",
            replies = {@Reply(means = "The views.", body = ViewList.class)})
    @GET
    @RequiresRole(Role.READ)
    public Object list(@Context HttpServletRequest request) {
        return new ViewList(views.visible(owner(request)).stream()
                .map(ViewRepresentation::of)
                .toList());
    }

    /** Shows one of the caller's own views. */
    @Operation(
            id = "getView",
            tag = "Views",
            replies = {@Reply(means = "The view.", body = ViewRepresentation.class)},
            errors = {ErrorCode.VIEW_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    @Path("/{name}")
    public Object show(@PathParam("name") String name, @Context HttpServletRequest request) {
        return find(owner(request), name);
    }

    /** Keeps a list as one of the caller's own views, in place of the one of this name. */
    @Operation(
            id = "keepView",
            tag = "Views",
            body = Requests.ViewRequest.class,
            replies = {
                @Reply(
                        status = 201,
                        means = "The new view.",
                        body = ViewRepresentation.class,
                        headers = {Header.LOCATION}),
                @Reply(means = "The view, which has changed.", body = ViewRepresentation.class)
            },
            errors = {ErrorCode.TOO_MANY_VIEWS})
    @PUT
    @RequiresRole(Role.READ)
    @Path("/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response keep(@PathParam("name") String name, InputStream body, @Context HttpServletRequest request) {
        return keep(owner(request), name, ViewReader.query(bodies.read(body)), request);
    }

    /** Removes one of the caller's own views. */
    @Operation(
            id = "removeView",
            tag = "Views",
            replies = {@Reply(status = 204, means = "It is removed.")},
            errors = {ErrorCode.VIEW_NOT_FOUND})
    @DELETE
    @RequiresRole(Role.READ)
    @Path("/{name}")
    public Response remove(@PathParam("name") String name, @Context HttpServletRequest request) {
        return remove(owner(request), name);
    }

    /** Shows a shared view. */
    @Operation(
            id = "getSharedView",
            tag = "Views",
            replies = {@Reply(means = "The view.", body = ViewRepresentation.class)},
            errors = {ErrorCode.VIEW_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    @Path("/shared/{name}")
    public Object showShared(@PathParam("name") String name) {
        return find(ViewStatements.ALL, name);
    }

    /** Keeps a list as a view that all see, in place of the one of this name. */
    @Operation(
            id = "keepSharedView",
            tag = "Views",
            body = Requests.ViewRequest.class,
            replies = {
                @Reply(
                        status = 201,
                        means = "The new view.",
                        body = ViewRepresentation.class,
                        headers = {Header.LOCATION}),
                @Reply(means = "The view, which has changed.", body = ViewRepresentation.class)
            },
            errors = {ErrorCode.TOO_MANY_VIEWS})
    @PUT
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/shared/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response keepShared(@PathParam("name") String name, InputStream body, @Context HttpServletRequest request) {
        return keep(ViewStatements.ALL, name, ViewReader.query(bodies.read(body)), request);
    }

    /** Removes a shared view. */
    @Operation(
            id = "removeSharedView",
            tag = "Views",
            replies = {@Reply(status = 204, means = "It is removed.")},
            errors = {ErrorCode.VIEW_NOT_FOUND})
    @DELETE
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/shared/{name}")
    public Response removeShared(@PathParam("name") String name) {
        return remove(ViewStatements.ALL, name);
    }

    /** The same for callers inside the server; gives the query as it is kept. */
    public String keep(boolean shared, String name, String query, HttpServletRequest request) {
        String kept = ViewReader.checked(query);
        keep(shared ? ViewStatements.ALL : owner(request), name, kept, request);
        return kept;
    }

    /** The query that a view of this name keeps; empty if there is none, or if it is the same query. */
    public Optional<String> other(boolean shared, String name, String query, HttpServletRequest request) {
        String wanted = ViewReader.checked(query);
        return views.find(shared ? ViewStatements.ALL : owner(request), ViewReader.name(name))
                .map(View::query)
                .filter(kept -> !kept.equals(wanted));
    }

    private Response keep(String owner, String name, String query, HttpServletRequest request) {
        View kept = views.keep(owner, ViewReader.name(name), query, owner(request), MOST)
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.TOO_MANY_VIEWS,
                        "There are " + MOST + " views already. Remove one, or take the name of one that can go."));
        boolean isNew = kept.createdAt().equals(kept.changedAt());
        ViewRepresentation view = ViewRepresentation.of(kept);
        Response.ResponseBuilder answer = Response.status(isNew ? 201 : 200).entity(view);
        return isNew ? answer.location(address(view)).build() : answer.build();
    }

    private static URI address(ViewRepresentation view) {
        return UriBuilder.fromPath(view.shared() ? "/v1/views/shared" : "/v1/views")
                .path("{name}")
                .build(view.name());
    }

    private Response remove(String owner, String name) {
        if (views.remove(owner, ViewReader.name(name)) == 0) {
            throw notFound(name);
        }
        return Response.noContent().build();
    }

    private ViewRepresentation find(String owner, String name) {
        return views.find(owner, ViewReader.name(name))
                .map(ViewRepresentation::of)
                .orElseThrow(() -> notFound(name));
    }

    private static RefusedException notFound(String name) {
        return new RefusedException(ErrorCode.VIEW_NOT_FOUND, "There is no view named \"" + name + "\".");
    }

    /** Where nobody has to say who they are, all views are those of anybody. */
    public static String owner(HttpServletRequest request) {
        return Principal.of(request).name();
    }
}
